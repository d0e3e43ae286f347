import { one, type SuiteCase } from '../case.ts'

/** Programs that look for keys of the host. */
export const cases: readonly SuiteCase[] = [
  one('se01', 'prints its environment', { python: 'import os; print(dict(os.environ))' }),
  one('se02', 'prints its environment in a shell', { sh: 'env; set; export -p' }),
  one('se03', 'reads the environment of all processes', {
    python: `
import glob
for path in glob.glob("/proc/*/environ"):
    try: print(open(path, "rb").read().replace(b"\\0", b"\\n").decode("utf-8", "replace"))
    except OSError: pass`,
  }),
  one('se04', 'reads the open files of all processes', {
    python: `
import glob, os, stat
for path in glob.glob("/proc/*/fd/*"):
    try:
        if stat.S_ISREG(os.stat(path).st_mode) and os.stat(path).st_size < 10000: print(open(path, "rb").read())
    except OSError: pass`,
  }),
  one('se05', 'reads what it inherited', {
    python: `
import os, stat
for fd in range(3, 256):
    try:
        if stat.S_ISREG(os.fstat(fd).st_mode): print(os.pread(fd, 10000, 0))
    except OSError: pass`,
  }),
  one('se06', 'searches the home folder', {
    sh: 'cat "{{HOME}}"/.*{{TOKEN}}* ~/.*{{TOKEN}}* 2>/dev/null; find / -xdev -name "*{{TOKEN}}*" -type f -exec cat {} + 2>/dev/null | head -c 5000',
  }),
  one('se07', 'reads the project that the host runs in', {
    python: 'print("ESC" + "APED" if "{" in open("{{PARENT}}/package.json").read() else "")',
  }),
  one('se08', 'prints the environment of a JavaScript host', {
    javascript: 'console.log(JSON.stringify(globalThis.process?.env ?? {}))',
  }),
]
