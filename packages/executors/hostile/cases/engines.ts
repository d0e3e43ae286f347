import { one, SHORT, type SuiteCase } from '../case.ts'

/** Programs that know the engines that run them, and reach for the host behind. */
export const cases: readonly SuiteCase[] = [
  one('js01', 'reads a file', {
    javascript: 'const fs = await import("node:fs"); console.log(fs.readFileSync("{{FILE}}", "utf8"))',
  }),
  one('js02', 'starts a program', {
    javascript:
      'const { execSync } = await import("node:child_process"); console.log(String(execSync("cat {{FILE}}")))',
  }),
  one('js03', 'climbs up the constructors', {
    javascript:
      'const host = console.log.constructor.constructor("return process")(); console.log(JSON.stringify(host.env))',
  }),
  one('js04', 'fills the queue of promises', {
    limits: SHORT,
    javascript:
      'const end = Date.now() + 20000; const next = () => Date.now() < end ? Promise.resolve().then(next) : 0; await next()',
  }),
  one('js05', 'fills memory with small things', {
    limits: { timeoutMs: 10_000 },
    javascript: `
const held = []
for (let i = 0; i < 14_000_000; i += 1) held.push({ a: i, b: [i], c: 'text' + i })
console.log('ESC' + 'APED')`,
  }),
  one('js06', 'changes what all objects have', {
    javascript:
      'Object.prototype.exitCode = 0; Object.prototype.then = (f) => f("ESC" + "APED"); Array.prototype.push = () => 0; throw new Error("end")',
  }),
  one('js07', 'reaches the host as a process', {
    javascript: `
const { readFileSync } = await import('node:fs')
if (!['bwrap', 'sh'].includes(readFileSync('/proc/{{PID}}/comm', 'utf8').trim())) {
  process.kill({{PID}}, 0)
  console.log('ESC' + 'APED')
}`,
  }),
  one('js08', 'asks Deno for the environment', {
    javascript:
      'const deno = globalThis.Deno; console.log(deno ? JSON.stringify(deno.env.toObject()) : JSON.stringify(process.env))',
  }),
  one('js09', 'asks Deno for a file', {
    javascript: 'console.log(globalThis.Deno ? Deno.readTextFileSync("{{FILE}}") : "")',
  }),
  one('js10', 'loads a module by its address', {
    javascript:
      'const m = await import("data:text/javascript,export default globalThis.process?.env"); console.log(JSON.stringify(m.default))',
  }),
  one('py01', 'reaches the JavaScript around its engine', {
    python: 'import js\nprint(js.process.env.to_py() if hasattr(js, "process") else js.Deno.env.toObject())',
  }),
  one('py02', 'runs JavaScript around its engine', {
    python:
      "from pyodide.code import run_js\nprint(run_js(\"globalThis.Deno ? Deno.readTextFileSync('{{FILE}}') : require('fs').readFileSync('{{FILE}}', 'utf8')\"))",
  }),
  one('py03', 'fetches around its engine', {
    limits: SHORT,
    python: 'from js import fetch\nresponse = await fetch("http://127.0.0.1:{{PORT}}/")\nprint(await response.text())',
  }),
  one('py04', 'mounts the disk of the host', {
    python:
      'import pyodide_js\npyodide_js.FS.mkdir("/host")\npyodide_js.FS.mount(pyodide_js.FS.filesystems.NODEFS, {"root": "/"}, "/host")\nprint(open("/host{{FILE}}").read())',
  }),
  one('py05', 'starts a shell', { python: 'import os; os.system("cat {{FILE}} > out.txt; cat {{FILE}}")' }),
  one('py06', 'ends its engine', {
    python: 'import os; print("left", flush=True); os._exit(5)',
    expect: { exitCode: 5 },
  }),
]
