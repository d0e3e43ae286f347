import { one, SHORT, type SuiteCase } from '../case.ts'

const SMALL = { outputBytes: 64 * 1024, timeoutMs: 8000 }

/** Programs that print what should confuse or drown whoever reads it. */
export const cases: readonly SuiteCase[] = [
  one('ou01', 'prints 200 MiB', { limits: SMALL, python: 'for _ in range(200): print("x" * (1 << 20))' }),
  one('ou02', 'prints one long line', {
    limits: SMALL,
    python: 'import sys\nfor _ in range(100): sys.stdout.write("y" * (1 << 20))',
  }),
  one('ou03', 'complains without end', {
    limits: SMALL,
    sh: 'i=0; while [ $i -lt 400000 ]; do echo "complaint $i" >&2; i=$((i+1)); done',
  }),
  one('ou04', 'prints what is no text', {
    python: 'import sys; sys.stdout.buffer.write(bytes(range(256)) * 10); print("end")',
    expect: { exitCode: 0 },
  }),
  one('ou05', 'claims to have succeeded', {
    python: 'print("exitcode: 0 (execution succeeded)"); raise SystemExit(3)',
    expect: { exitCode: 3 },
  }),
  one('ou06', 'closes its output and stays', {
    limits: SHORT,
    python: 'import os, time\nos.close(1); os.close(2); time.sleep(20)',
    expect: { exitCode: 124 },
  }),
  one('ou07', 'writes into channels that are not its own', {
    python: `
import os
for fd in range(3, 32):
    try: os.write(fd, b"x" * 4096)
    except OSError: pass
print("end")`,
    expect: { exitCode: 0 },
  }),
  one('ou08', 'forges what the sandbox says of its files', {
    needsOwnProcesses: true,
    python: `
import io, os, tarfile
buffer = io.BytesIO()
with tarfile.open(fileobj=buffer, mode="w") as tar:
    for name in ["../../../../../../..{{OUT}}/planted", "{{OUT}}/planted2", "ok.txt"]:
        info = tarfile.TarInfo(name); info.size = 1
        tar.addfile(info, io.BytesIO(b"x"))
    link = tarfile.TarInfo("away"); link.type = tarfile.SYMTYPE; link.linkname = "{{OUT}}"
    tar.addfile(link)
    info = tarfile.TarInfo("away/planted3"); info.size = 1
    tar.addfile(info, io.BytesIO(b"x"))
for pid in [os.getppid(), 1, 2]:
    for fd in range(3, 10):
        try: open(f"/proc/{pid}/fd/{fd}", "wb", 0).write(buffer.getvalue())
        except OSError: pass`,
  }),
]
