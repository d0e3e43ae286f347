import { one, type Expected, type SuiteCase } from '../case.ts'

const ok = (output: string, artifacts?: Readonly<Record<string, string>>): Expected => ({
  exitCode: 0,
  output,
  ...(artifacts && { artifacts }),
})

/** Programs as assistants write them: all of these have to work. */
export const benign: readonly SuiteCase[] = [
  one('be01', 'prints', { python: 'print("naïve 😀", 6 * 7)', expect: ok('naïve 😀 42\n') }),
  one('be02', 'computes in a shell', { sh: 'echo "$((6 * 7))" | tr 4 5', expect: ok('52\n') }),
  one('be03', 'uses what bash has more', { bash: 'a=(1 2 3); echo "${#a[@]} ${a[-1]}"', expect: ok('3 3\n') }),
  one('be04', 'runs JavaScript', {
    javascript: 'console.log([1, 2, 3].map((n) => n * 2).join())',
    expect: ok('2,4,6\n'),
  }),
  one('be05', 'runs TypeScript', { typescript: 'const n: number = 42\nconsole.log(n)', expect: ok('42\n') }),
  one('be06', 'writes a table', {
    python:
      'import csv\nwith open("table.csv", "w", newline="") as f: csv.writer(f).writerows([["a", "b"], [1, 2]])\nprint("done")',
    expect: ok('done\n', { 'table.csv': 'text/csv' }),
  }),
  one('be07', 'reads a file that it was given', {
    files: { 'data/prices.csv': 'day,price\n1,40\n2,42\n' },
    python: 'import csv\nprint(max(int(r["price"]) for r in csv.DictReader(open("data/prices.csv"))))',
    expect: ok('42\n'),
  }),
  {
    id: 'be08',
    what: 'finds what an earlier block wrote, in a folder',
    blocks: [
      {
        language: 'python',
        code: 'import os, json\nos.makedirs("out/deep")\njson.dump({"n": 1}, open("out/deep/a.json", "w"))',
      },
      { language: 'python', code: 'import json\nprint(json.load(open("out/deep/a.json"))["n"])' },
    ],
    expect: ok('1\n', { 'out/deep/a.json': 'application/json' }),
  },
  {
    id: 'be09',
    what: 'imports a file that it was asked to save',
    blocks: [
      { language: 'python', code: 'def half(n):\n    return n / 2', filename: 'tools.py' },
      { language: 'python', code: 'from tools import half\nprint(half(3))' },
    ],
    expect: ok('1.5\n'),
  },
  one('be10', 'fails as programs fail', {
    python: 'raise ValueError("no")',
    expect: { exitCode: 1, output: 'ValueError: no\n' },
  }),
  one('be11', 'ends with its own exit code', { sh: 'echo x; exit 7', expect: { exitCode: 7, output: 'x\n' } }),
  one('be12', 'keeps a database', {
    python:
      'import sqlite3\nd = sqlite3.connect("a.db"); d.execute("create table t (n)"); d.execute("insert into t values (5)"); d.commit(); print(d.execute("select n from t").fetchone()[0])',
    expect: ok('5\n', { 'a.db': 'application/vnd.sqlite3' }),
  }),
  one('be13', 'works with threads', {
    python:
      'from concurrent.futures import ThreadPoolExecutor as P\nwith P(8) as p: print(sum(p.map(lambda n: n * n, range(100))))',
    expect: ok('328350\n'),
  }),
  one('be14', 'works with processes', {
    python:
      'from multiprocessing import Pool\ndef f(n): return n * n\nif __name__ == "__main__":\n    with Pool(3) as p: print(sum(p.map(f, range(50))))',
    expect: ok('40425\n'),
  }),
  one('be15', 'starts another program', {
    python:
      'import subprocess\nprint(subprocess.run(["sort", "-r"], input="a\\nb\\n", capture_output=True, text=True).stdout)',
    expect: ok('b\na\n\n'),
  }),
  one('be16', 'waits without a loop of its own', {
    python:
      'import asyncio\nasync def main():\n    await asyncio.sleep(0.05)\n    return 3\nprint(asyncio.run(main()))',
    expect: ok('3\n'),
  }),
  one('be17', 'uses temporary files', {
    python:
      'import tempfile, os\nwith tempfile.NamedTemporaryFile() as f:\n    f.write(b"abc"); f.flush(); print(os.path.getsize(f.name))',
    expect: ok('3\n'),
  }),
  one('be18', 'makes an archive', {
    python:
      'import zipfile\nwith zipfile.ZipFile("a.zip", "w") as z: z.writestr("b.txt", "c")\nprint(zipfile.ZipFile("a.zip").namelist())',
    expect: ok("['b.txt']\n", { 'a.zip': 'application/zip' }),
  }),
  one('be19', 'reads a variable that it was given', {
    env: { REGION: 'north' },
    python: 'import os; print(os.environ["REGION"])',
    expect: ok('north\n'),
  }),
  one('be20', 'makes a picture', {
    python:
      'import struct, zlib\ndef c(t, d): return struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d))\n' +
      'open("dot", "wb").write(b"\\x89PNG\\r\\n\\x1a\\n" + c(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)) + c(b"IDAT", zlib.compress(b"\\0\\xff\\0\\0")) + c(b"IEND", b""))\nprint("done")',
    expect: ok('done\n', { dot: 'image/png' }),
  }),
  one('be21', 'prints a good deal', {
    python: 'for i in range(20000): print(i)',
    expect: { exitCode: 0, output: '19998\n19999\n' },
  }),
  one('be22', 'uses files from a shell', {
    sh: 'mkdir -p a && echo one > a/b.txt && cat a/*.txt && ls a | wc -l | tr -d " "',
    expect: ok('one\n1\n', { 'a/b.txt': 'text/plain' }),
  }),
]
