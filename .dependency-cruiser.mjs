/**
 * Imports point one way, types included. `test/import-rules.test.ts` breaks each of these rules.
 *
 * A rule in the way is a sign that a type stands in the wrong file: move the type.
 */

const core = '^packages/core/src/'
const tests = '\\.test(-d)?\\.ts$'
const subpaths = ['testing', 'console', 'node', 'rag'].join('|')
const npm = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown']

// Which layer the files beside index.ts belong to. One that is in none of these lists is data.
const presets = 'assistant-agent|user-proxy-agent|group-chat-manager|society-of-mind-agent'
const conversableAgent = 'conversable-agent|agent-options|reply-list|hooks'
const chat = 'chat(?!-loop|-result)[\\w-]*|start-run|reply-to|send|two-agents|person|carryover|summary|resume'
const agent = 'agent|callback|check-options|context|message-check|progress-watch|run-budget|run-cancellation'

/** The layers of the core, lowest first: a file imports its own layer and those before it. */
const layers = [
  { name: 'util', files: 'util/' },
  { name: 'data', files: `(?!(index|${agent}|chat-loop|${chat}|${conversableAgent}|${presets})\\.ts$)[\\w-]+\\.ts$` },
  { name: 'ports', files: '(ports|errors)/' },
  { name: 'agent', files: `(${agent})\\.ts$` },
  { name: 'chat-loop', files: 'chat-loop\\.ts$' },
  { name: 'chat', files: `((${chat})\\.ts$|(speaker-selection|model|tools|transforms)/)` },
  { name: 'replies', files: 'replies/' },
  { name: 'conversable-agent', files: `(${conversableAgent})\\.ts$` },
  { name: 'presets', files: `(${presets})\\.ts$` },
]

const layerRules = layers.slice(0, -1).map(({ name, files }, index) => ({
  name: `layer-${name}`,
  comment: `Nothing in the layer "${name}" knows what stands above it.`,
  severity: 'error',
  from: { path: `${core}${files}`, pathNot: tests },
  to: { path: layers.slice(index + 1).map((above) => `${core}${above.files}`) },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...layerRules,
    {
      name: 'no-cycles',
      comment: 'Files that import one another are one idea in two files, types included.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'known-folder',
      comment: 'A new folder of the core gets its place in the layers here first.',
      severity: 'error',
      from: {},
      to: {
        path: `${core}[^/]+/`,
        pathNot: `${core}(util|ports|errors|speaker-selection|model|tools|transforms|replies|${subpaths})/`,
      },
    },
    {
      name: 'data-alone',
      comment: 'Data imports data and small helpers, and no package.',
      severity: 'error',
      from: { path: `${core}${layers[1].files}`, pathNot: tests },
      to: { dependencyTypes: npm },
    },
    {
      name: 'ports-know-data',
      comment: 'A port is described in terms of data, other ports and errors.',
      severity: 'error',
      from: { path: `${core}ports/`, pathNot: tests },
      to: { path: core, pathNot: [`${core}(ports|errors)/`, `${core}${layers[1].files}`] },
    },
    {
      name: 'replies-apart',
      comment: 'Reply functions do not know one another; what two share stands in a lower layer.',
      severity: 'error',
      from: { path: `${core}replies/([\\w-]+)`, pathNot: tests },
      to: { path: `${core}replies/`, pathNot: `${core}replies/$1(\\.ts$|/)` },
    },
    {
      name: 'node-apart',
      comment: 'The core runs in browsers and workers: node:* is for src/node.',
      severity: 'error',
      from: { path: core, pathNot: [`${core}node/`, tests] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'one-dependency',
      comment: 'What needs another package is a package of its own beside the core.',
      severity: 'error',
      from: { path: core, pathNot: tests },
      to: { dependencyTypes: npm, pathNot: 'node_modules/@ai-sdk/provider/' },
    },
    {
      name: 'index-for-outsiders',
      comment: 'index.ts is for tests, other packages and the subpath indexes; inside, import the file itself.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/', pathNot: [tests, `^packages/[^/]+/src/(${subpaths})/index\\.ts$`] },
      to: { path: ['^packages/$1/src/index\\.ts$', '^packages/$1/src/.+/index\\.ts$'] },
    },
    {
      name: 'subpaths-apart',
      comment: 'A subpath export is built on the core; the core and other subpaths do not know it.',
      severity: 'error',
      from: { path: `${core}([^/]+)`, pathNot: [tests, `${core}node/`] },
      to: { path: `${core}(${subpaths})/`, pathNot: `${core}$1/` },
    },
    {
      name: 'node-on-testing-alone',
      comment: 'What node/ adds to tests, such as a tape in a file, is built on testing/ and on no other subpath.',
      severity: 'error',
      from: { path: `${core}node/`, pathNot: tests },
      to: { path: `${core}(${subpaths})/`, pathNot: `${core}(node|testing)/` },
    },
    {
      name: 'core-knows-no-package',
      comment: 'Packages are built on the core, never the other way round.',
      severity: 'error',
      from: { path: '^packages/core/' },
      to: { path: '^(packages/(?!core/)|examples/)' },
    },
    {
      name: 'public-api-only',
      comment: 'Other packages and examples use what is exported, as users do.',
      severity: 'error',
      from: { path: '^(packages/[^/]+|examples)/' },
      to: {
        path: '^packages/[^/]+/src/',
        pathNot: ['^$1/', '^packages/[^/]+/src/index\\.ts$', '^packages/[^/]+/src/[^/]+/index\\.ts$'],
      },
    },
    {
      name: 'no-tests-in-product',
      comment: 'What is published imports no test, example or script.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: tests },
      to: { path: [tests, '^(test|bench|scripts|examples)/'] },
    },
  ],
  options: {
    // TypeScript 7 has no JavaScript API: this parser is TypeScript 6, the package that is installed as `typescript`.
    parser: 'tsc',
    // Sees `import type` too.
    tsPreCompilationDeps: true,
    exclude: { path: '^(packages/[^/]+/dist|coverage)/' },
    doNotFollow: { path: 'node_modules/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['conversable-source', 'types', 'import', 'node', 'default'],
      mainFields: ['module', 'main', 'types'],
    },
  },
}
