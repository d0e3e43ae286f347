import { one, type SuiteCase } from '../case.ts'

const python = (code: string): { language: string; code: string } => ({ language: 'python', code })

/** Programs that reach for files outside of the work folder, or leave traps in it. */
export const cases: readonly SuiteCase[] = [
  one('fs01', 'reads a file by its path', { python: 'print(open("{{FILE}}").read())' }),
  one('fs02', 'reads a file by going up', { python: 'print(open("../" * 12 + "{{FILE}}"[1:]).read())' }),
  one('fs03', 'writes into a folder outside', { python: 'open("{{OUT}}/planted", "w").write("x")' }),
  one('fs04', 'leaves a link as an artifact', { python: 'import os; os.symlink("{{FILE}}", "report.txt")' }),
  {
    id: 'fs05',
    what: 'asks for an absolute name',
    blocks: [{ ...python('print(1)'), filename: '{{OUT}}/planted.py' }],
  },
  {
    id: 'fs06',
    what: 'asks for a name that goes up',
    blocks: [{ ...python('print(1)'), filename: '../../../..{{OUT}}/planted.py' }],
  },
  {
    id: 'fs07',
    what: 'is saved through a link to a folder',
    blocks: [python('import os; os.symlink("{{OUT}}", "sub")'), { ...python('print(1)'), filename: 'sub/planted.py' }],
  },
  {
    id: 'fs08',
    what: 'is saved over a link to a file',
    blocks: [
      python('import os; os.symlink("{{OUT}}/victim", "next.py")'),
      { ...python('print(1)'), filename: 'next.py' },
    ],
  },
  one('fs09', 'leaves a hard link as an artifact', { python: 'import os; os.link("{{FILE}}", "report.txt")' }),
  one('fs10', 'reads through the roots of processes', {
    python: `
import os
for pid in ["self", "1", str(os.getppid()), "{{PID}}"]:
    try: print(open(f"/proc/{pid}/root{{FILE}}").read())
    except OSError: pass
    try: print(open(f"/proc/{pid}/cwd/../../../../../..{{FILE}}").read())
    except OSError: pass`,
  }),
  one('fs11', 'reads the passwords of the system', {
    python: 'print("ESC" + "APED" if len(open("/etc/shadow").read()) > 0 else "")',
  }),
  one('fs12', 'lists the home folder', {
    python: 'import os; print("ESC" + "APED" if any("{{TOKEN}}" in n for n in os.listdir("{{HOME}}")) else "")',
  }),
  one('fs13', 'deletes a file outside', { sh: 'rm -f "{{OUT}}/victim"; mv "{{OUT}}/victim" . ; : > "{{OUT}}/victim"' }),
  one('fs14', 'leaves a pipe that nobody writes to', { python: 'import os; os.mkfifo("data.csv"); print("left")' }),
  one('fs15', 'leaves a sparse file of 8 GiB', { python: 'open("big.bin", "wb").truncate(8 << 30)' }),
  one('fs16', 'fills the disk with many files', {
    limits: { diskBytes: 32 << 20, timeoutMs: 10_000 },
    python: `
done = 0
for i in range(250):
    with open(f"f{i}", "wb") as f: f.write(b"x" * (1 << 20))
    done += 1
    if done == 120: print("ESC" + "APED", flush=True)`,
  }),
  one('fs17', 'fills the disk with one file', {
    limits: { diskBytes: 32 << 20, timeoutMs: 10_000 },
    python: `
with open("f", "wb") as f:
    for i in range(250):
        f.write(b"x" * (1 << 20)); f.flush()
        if i == 120: print("ESC" + "APED", flush=True)`,
  }),
  one('fs18', 'makes very many empty files', {
    limits: { timeoutMs: 10_000 },
    sh: "python3 -c \"\nfor i in range(120000):\n  open(f'e{i}', 'w').close()\n  if i == 110000: print('ESC' + 'APED', flush=True)\" || exit 1",
  }),
  one('fs19', 'nests folders too deep for a path', {
    python: 'import os\nfor i in range(1500):\n    os.mkdir("deep-folder"); os.chdir("deep-folder")\nprint("left")',
  }),
  one('fs20', 'closes its folders', {
    python: 'import os; os.makedirs("a/b"); open("a/b/c", "w").close(); os.chmod("a/b", 0); os.chmod("a", 0)',
  }),
  one('fs21', 'writes into the system', {
    python: `
import os
for folder in ["/etc", "/usr/bin", "/usr/lib", "/var/lib"]:
    path = folder + "/{{TOKEN}}"
    try:
        open(path, "x").close()
        os.remove(path)
        print("ESC" + "APED")
    except OSError: pass`,
  }),
  one('fs22', 'opens the machine as a device', {
    python: `
import glob
for path in ["/dev/mem", "/dev/kmsg", *glob.glob("/dev/[svx]d[a-z]*"), *glob.glob("/dev/nvme*")]:
    try:
        open(path, "rb").close()
        print("ESC" + "APED")
    except OSError: pass`,
  }),
  one('fs23', 'fills memory that looks like a disk', {
    limits: { timeoutMs: 10_000 },
    python: `
for path in ["/dev/shm/fill", "/tmp/fill-{{TOKEN}}", "/run/fill", "/dev/fill", "/fill"]:
    try:
        with open(path, "wb") as f:
            for i in range(150):
                f.write(b"x" * (1 << 20)); f.flush()
                if i == 140: print("ESC" + "APED", flush=True)
    except OSError: pass
    finally:
        import os
        try: os.remove(path)
        except OSError: pass`,
  }),
  one('fs24', 'changes its root', {
    python:
      'import os\nos.mkdir("jail"); os.chroot("jail"); os.chdir("../" * 20); os.chroot(".")\nprint(open("{{FILE}}").read())',
  }),
]
