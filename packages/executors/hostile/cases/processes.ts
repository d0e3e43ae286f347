import { one, SHORT, type SuiteCase } from '../case.ts'

/** Programs that do not end, or that take more than their share. Each ends by itself within half a minute. */
export const cases: readonly SuiteCase[] = [
  one('pr01', 'loops for ever', {
    limits: SHORT,
    python: 'import time\nend = time.time() + 20\nwhile time.time() < end: pass',
  }),
  one('pr02', 'sleeps in a shell', { limits: SHORT, sh: 'sleep 20.{{TOKEN}}; sleep 20' }),
  one('pr03', 'loops in JavaScript', {
    limits: SHORT,
    javascript: 'const end = Date.now() + 20000; while (Date.now() < end);',
  }),
  one('pr04', 'leaves a daemon', {
    python: `
import os, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp("sh", ["sh", "-c", "sleep 20", "{{TOKEN}}"])
    os._exit(0)
print("left", flush=True)`,
  }),
  one('pr05', 'leaves a child that holds its output', {
    limits: { timeoutMs: 5000 },
    sh: "sh -c 'sleep 20; :' {{TOKEN}} &\necho left",
  }),
  one('pr06', 'does not listen to signals', {
    limits: SHORT,
    sh: "trap '' TERM INT HUP; sh -c \"trap '' TERM INT HUP; sleep 20; :\" {{TOKEN}}; sleep 20",
  }),
  one('pr07', 'starts 150 processes', {
    limits: { timeoutMs: 8000 },
    python: `
import os, time
alive = 0
for _ in range(150):
    try: pid = os.fork()
    except OSError: break
    if pid == 0:
        time.sleep(6); os._exit(0)
    alive += 1
if alive > 100: print("ESC" + "APED")`,
  }),
  one('pr08', 'starts 300 threads', {
    limits: { timeoutMs: 8000 },
    python: `
import threading, time
alive = 0
for _ in range(300):
    try: threading.Thread(target=time.sleep, args=(3,), daemon=True).start()
    except RuntimeError: break
    alive += 1
if alive > 200: print("ESC" + "APED")`,
  }),
  one('pr09', 'takes 1.2 GiB', {
    limits: { timeoutMs: 10_000 },
    python: `
held = []
for i in range(24):
    held.append(bytearray(b"x") * (50 << 20))
    if i == 19: print("ESC" + "APED", flush=True)`,
  }),
  one('pr10', 'takes 1.2 GiB with four processes', {
    limits: { timeoutMs: 10_000 },
    python: `
import os, time
for child in range(4):
    if os.fork() == 0:
        held = []
        for i in range(30):
            held.append(bytearray(b"x") * (10 << 20)); time.sleep(0.02)
        time.sleep(2)
        os._exit(0)
time.sleep(2.5)
print("ESC" + "APED", flush=True)`,
  }),
  one('pr11', 'takes 1.2 GiB in JavaScript', {
    limits: { timeoutMs: 10_000 },
    javascript: `
const held = []
for (let i = 0; i < 120; i += 1) {
  held.push(new Uint8Array(10 << 20).fill(1))
  for (const end = Date.now() + 12; Date.now() < end;);
}
console.log('ESC' + 'APED')`,
  }),
  one('pr12', 'reaches the host as a process', {
    python: `
import os
if open("/proc/{{PID}}/comm").read().strip() not in ("", "bwrap", "sh", "python3"):
    os.kill({{PID}}, 0)
    print("ESC" + "APED")`,
  }),
  one('pr13', 'opens the terminal', {
    python:
      'open("/dev/tty", "r+b", 0).close()\n' +
      'print("ESC" + "APED" if open("/proc/self/stat").read().split()[6] != "0" else "")',
  }),
  one('pr14', 'goes on when it is called off', {
    abortAfterMs: 400,
    sh: "sh -c 'sleep 20; :' {{TOKEN}} & setsid sh -c 'sleep 20; :' {{TOKEN}} & sleep 20",
  }),
  one('pr15', 'ends what stands around it', {
    needsOwnProcesses: true,
    python: 'import os\nos.kill(os.getppid(), 9)\nos.kill(-1, 9)',
  }),
  one('pr16', 'leaves a daemon without an environment', {
    sh: "env -i setsid sh -c 'sleep 20; :' {{TOKEN}} >/dev/null 2>&1 </dev/null &\nsleep 0.3\necho left",
  }),
  one('pr17', 'stops what stands around it', {
    limits: SHORT,
    needsOwnProcesses: true,
    python: 'import os, signal, time\nos.kill(os.getppid(), signal.SIGSTOP)\ntime.sleep(20)',
  }),
  one('pr18', 'starts itself again and again', {
    limits: { timeoutMs: 3000 },
    python: `
import os, time
end = time.time() + 6
while time.time() < end:
    if os.fork() != 0: os._exit(0)
    time.sleep(0.01)`,
  }),
]
