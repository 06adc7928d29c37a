import { expect, test } from 'vitest'
import { compareSettings } from './compare-settings.ts'
import { readSettings } from './read-settings.ts'
import { compareTestScript } from './test-script.ts'

const files = { tests: ['test/math.test.js', 'src/deep/b.test.js'], sources: ['src/math.js', 'src/deep/b.js'] }

async function findingsOf(path: string, before: string, after: string) {
  const found = compareSettings(path, await readSettings(path, before), await readSettings(path, after), files)
  return found.map(({ rule, severity }) => `${severity} ${rule}`)
}
const vitest = (settings: string) =>
  `import { defineConfig } from 'vitest/config'\nexport default defineConfig({ test: { ${settings} } })\n`

test.each<[string, string, string, string[]]>([
  ['vitest.config.ts', '', vitest(`exclude: ['test/math.test.js']`), ['high tests_excluded']],
  ['vitest.config.ts', '', vitest(`exclude: ['**/deep/**']`), ['high tests_excluded']],
  [
    'vitest.config.ts',
    vitest(`include: ['**/*.test.js']`),
    vitest(`include: ['test/**/*.test.js']`),
    ['high tests_excluded'],
  ],
  ['vitest.config.ts', '', vitest(`coverage: { exclude: ['src/math.js'] }`), ['high coverage_excluded']],
  [
    'vitest.config.ts',
    vitest(`coverage: { thresholds: { lines: 90 } }`),
    vitest(`coverage: { thresholds: { lines: 50 } }`),
    ['high threshold_lowered'],
  ],
  ['vitest.config.ts', vitest(`coverage: { thresholds: { lines: 90 } }`), vitest(''), ['high threshold_lowered']],
  [
    'vitest.config.ts',
    '',
    vitest(`passWithNoTests: true, retry: 3, bail: 1`),
    ['medium runner_config_changed', 'medium runner_config_changed', 'medium runner_config_changed'],
  ],
  [
    'vitest.config.ts',
    '',
    vitest(`setupFiles: ['./setup.ts'], globalSetup: './g.ts', reporters: ['./r.ts']`),
    ['medium runner_config_changed', 'medium runner_config_changed', 'medium runner_config_changed'],
  ],
  [
    'package.json',
    '{}',
    '{ "jest": { "testPathIgnorePatterns": ["/node_modules/", "math"] } }',
    ['high tests_excluded'],
  ],
  ['package.json', '{}', '{ "jest": { "coveragePathIgnorePatterns": ["src/math"] } }', ['high coverage_excluded']],
  [
    'jest.config.js',
    'module.exports = { collectCoverageFrom: ["src/**/*.js"] }',
    'module.exports = { collectCoverageFrom: ["src/**/*.js", "!src/math.js"] }',
    ['high coverage_excluded'],
  ],
  [
    'pytest.ini',
    '[pytest]\n',
    '[pytest]\naddopts = --deselect tests/test_a.py::test_a\n',
    ['medium runner_config_changed'],
  ],
  ['.coveragerc', '[run]\n', '[run]\nomit =\n    src/math.js\n', ['high coverage_excluded']],
  [
    'pyproject.toml',
    '[tool.coverage.report]\nfail_under = 90\n',
    '[tool.coverage.report]\nfail_under = 10\n',
    ['high threshold_lowered'],
  ],
  ['conftest.py', '', 'collect_ignore = ["test/math.test.js"]\n', ['high tests_excluded']],
])('reports settings of %s %#', async (path, before, after, expected) => {
  expect(await findingsOf(path, before, after)).toEqual(expected)
})

test.each<[string, string, string]>([
  [
    'vitest.config.ts',
    '',
    vitest(
      `environment: 'jsdom', globals: true, exclude: ['**/node_modules/**', 'dist'], coverage: { exclude: ['**/*.test.ts', '**/*.d.ts', 'vitest.config.ts'] }`,
    ),
  ],
  [
    'vitest.config.ts',
    vitest(`coverage: { thresholds: { lines: 80 } }`),
    vitest(`coverage: { thresholds: { lines: 90 } }`),
  ],
  ['vitest.config.ts', vitest(`exclude: ['a']`), `// moved\n${vitest(`exclude: ["a"]`)}`],
  [
    'jest.config.js',
    '',
    'module.exports = { testEnvironment: "node", transform: {}, testPathIgnorePatterns: ["/node_modules/", "/dist/"] }',
  ],
  ['package.json', '{ "name": "a" }', '{ "name": "b", "exclude": ["src/math.js"], "dependencies": { "x": "1" } }'],
  ['pyproject.toml', '[project]\nname = "a"\n', '[project]\nname = "a"\ndependencies = ["x"]\n'],
  ['vitest.config.ts', '', vitest(`exclude: ['legacy/**']`)],
])('is content with settings of %s %#', async (path, before, after) => {
  expect(await findingsOf(path, before, after)).toEqual([])
})

const script = (test: string | null) => JSON.stringify({ scripts: test === null ? {} : { test } })
test.each<[string | null, string | null, string[]]>([
  ['vitest run', 'echo ok', ['high test_script_disabled']],
  ['vitest run', 'exit 0', ['high test_script_disabled']],
  ['vitest run', null, ['high test_script_disabled']],
  ['vitest run', 'vitest run || true', ['high test_script_disabled']],
  ['jest', 'jest --passWithNoTests', ['high test_script_disabled']],
  ['node --test', 'node --test --test-skip-pattern=adds', ['medium test_script_changed']],
  ['jest', 'vitest run', []],
  ['node --test', 'node --test test/', []],
  ['echo "Error: no test specified" && exit 1', 'node --test', []],
  ['tsc && node --test', 'echo building && npm run build && node --test', []],
  [null, 'vitest run', []],
])('judges the test script %s -> %s', (before, after, expected) => {
  expect(
    compareTestScript('package.json', script(before), script(after)).map(({ rule, severity }) => `${severity} ${rule}`),
  ).toEqual(expected)
})
