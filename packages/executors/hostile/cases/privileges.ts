import { one, type SuiteCase } from '../case.ts'

/** Programs that try to become more than they are. None changes anything where it succeeds. */
export const cases: readonly SuiteCase[] = [
  one('pv01', 'opens the settings of the kernel', {
    python: `
for path in ["/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sysrq-trigger"]:
    try:
        open(path, "r+b", 0).close()
        print("ESC" + "APED")
    except OSError: pass`,
  }),
  one('pv02', 'makes a namespace in which it is root', {
    python: 'import ctypes; print("ESC" + "APED" if ctypes.CDLL(None).unshare(0x10000000) == 0 else "")',
  }),
  one('pv03', 'becomes root', { python: 'import os; os.setuid(0); print("ESC" + "APED")' }),
  one('pv04', 'has capabilities', {
    python:
      'print("ESC" + "APED" if any(l.startswith("CapEff") and int(l.split()[1], 16) for l in open("/proc/self/status")) else "")',
  }),
  one('pv05', 'looks into another process', {
    python: `
import ctypes, os, time
child = os.fork()
if child == 0:
    time.sleep(1); os._exit(0)
print("ESC" + "APED" if ctypes.CDLL(None).ptrace(16, child, 0, 0) == 0 else "")`,
  }),
  one('pv06', 'uses calls that are fresh in the kernel', {
    python: `
import ctypes, platform
call = ctypes.CDLL(None, use_errno=True).syscall
params = ctypes.create_string_buffer(256)
fd = call(425, 2, params)
print("ESC" + "APED" if fd >= 0 else "")`,
  }),
]
