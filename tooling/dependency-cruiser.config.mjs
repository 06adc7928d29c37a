// Who may import whom, as errors. The rules speak of folders; what a room shows to others is its door.

/** What each room of core shows: its contract, and what makes it. Everything else is its own business. */
const DOORS = {
  agents: ['agent', 'registry', 'index'],
  workflows: ['define-workflow', 'index'],
  'coding-agents': ['coding-agent', 'index'],
  models: ['model-service', 'call-structured', 'builtin/index', 'index'],
  verification: ['verifier', 'analysis', 'index'],
  sandbox: ['sandbox', 'read-back', 'toolchain', 'index'],
  workspace: ['workspace', 'index'],
}

/** Rooms that meet in the orchestrator only: of one another they may know the contract, not what makes it. */
const PEERS = ['agents', 'workflows', 'coding-agents', 'models', 'verification']

const TESTS = [
  '\\.test\\.ts$',
  '\\.test-d\\.ts$',
  '\\.fixture\\.ts$',
  '^packages/[^/]+/src/testing/',
  '^packages/core/src/[^/]+/testing/',
  '^apps/[^/]+/src/testing/',
]
const core = (path) => `^packages/core/src/${path}`

const doorRules = Object.entries(DOORS).map(([room, doors]) => ({
  name: `door-of-${room}`,
  comment: `Use what ${room} shows (${doors.join(', ')}); its other files are its own business.`,
  severity: 'error',
  from: { path: '^(packages|apps)/', pathNot: [core(`${room}/`), ...TESTS] },
  to: { path: core(`${room}/`), pathNot: core(`${room}/(${doors.join('|')})\\.ts$`) },
}))

const peerRules = PEERS.map((room) => ({
  name: `${room}-meets-others-in-the-orchestrator`,
  comment: 'These rooms know one another by contract; the orchestrator brings them together.',
  severity: 'error',
  from: { path: core(`${room}/`), pathNot: TESTS },
  to: {
    path: core(`(${PEERS.filter((peer) => peer !== room).join('|')}|orchestrator|engine|store)/`),
    pathNot: core(
      '(agents/agent|workflows/define-workflow|coding-agents/coding-agent|verification/(verifier|analysis)|models/(model-service|call-structured))\\.ts$',
    ),
  },
}))

/** What a package may import of the others, in production code and in tests. */
const layer = (from, allowed) => ({
  name: `layer-${from.replaceAll('/', '-')}`,
  comment: `${from} may import ${allowed.length === 0 ? 'no other package of ours' : allowed.join(', ')}.`,
  severity: 'error',
  from: { path: `^${from}/` },
  to: { path: '^(packages|apps)/', pathNot: [`^${from}/`, ...allowed.map((name) => `^${name}/src/`)] },
})

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    layer('packages/protocol', []),
    layer('packages/core', ['packages/protocol']),
    layer('packages/api', ['packages/core', 'packages/protocol']),
    layer('packages/sdk', ['packages/protocol', 'packages/api']),
    layer('apps/server', ['packages/api', 'packages/core', 'packages/protocol']),
    ...['apps/cli', 'apps/dashboard'].map((app) => layer(app, ['packages/sdk'])),
    {
      name: 'layer-apps-test-runner',
      comment:
        'apps/test-runner may import packages/sdk. Its hostile, bench, recall and chaos folders attack and measure the sandbox, the analyzers and the database themselves, which no API shows, and clusters need a Postgres: they may import what core offers for testing, and nothing else of core.',
      severity: 'error',
      from: { path: '^apps/test-runner/' },
      to: {
        path: '^(packages|apps)/',
        pathNot: [
          '^apps/test-runner/',
          '^packages/sdk/src/',
          core('testing/(sandbox|analyzers|database|postgres)\\.ts$'),
        ],
      },
    },
    {
      name: 'test-runner-attacks-and-measures-in-folders-of-their-own',
      comment:
        'Scenarios know the SDK and REST only; core is for the hostile, bench, recall and chaos folders and for clusters.',
      severity: 'error',
      from: {
        path: '^apps/test-runner/',
        pathNot: '^apps/test-runner/src/(hostile|bench|recall|chaos)/|/server/start-cluster\\.ts$',
      },
      to: { path: '^packages/core/' },
    },
    {
      name: 'sdk-takes-only-types-from-api',
      comment: 'The SDK must not carry the server to its users.',
      severity: 'error',
      from: { path: '^packages/sdk/src/', pathNot: TESTS },
      to: { path: '^packages/api/', dependencyTypesNot: ['type-only'] },
    },
    ...doorRules,
    ...peerRules,
    {
      name: 'foundations-do-not-know-the-orchestrator',
      comment: 'Sandbox, workspace, store, engine and task are built upon; they do not look up.',
      severity: 'error',
      from: { path: core('(sandbox|workspace|store|engine|task|config|logging)/'), pathNot: TESTS },
      // the plan of a run is what the store keeps; it is a type without any code
      to: { path: core('orchestrator/'), pathNot: core('orchestrator/plan\\.ts$') },
    },
    {
      name: 'no-cycles',
      comment: 'Modules that need each other are one module, or miss a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nobody imports it: delete it or use it.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: ['\\.d\\.ts$', '\\.test(-d)?\\.ts$', '\\.config\\.ts$', '/scripts/consumer/', '/fixtures/'],
      },
      to: {},
    },
    {
      name: 'no-unresolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-undeclared-packages',
      comment: "Declare the package in this package's own package.json.",
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-development-packages-in-production',
      comment: 'A devDependency is not there for those who install the package.',
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src/', pathNot: [...TESTS, '^apps/test-runner/'] },
      // workspace packages are bundled into what is published and started
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '^packages/' },
    },
    {
      name: 'no-test-code-in-production',
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src/', pathNot: [...TESTS, '^apps/test-runner/'] },
      to: { path: TESTS },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^(packages|apps)/[^/]+/(dist|coverage|\\.types)/', '/scripts/consumer/'] },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json'],
      mainFields: ['module', 'main', 'types'],
    },
    cache: false,
  },
}
