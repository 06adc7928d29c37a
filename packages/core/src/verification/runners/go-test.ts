import { parseGoCoverage } from '../coverage-data/go-coverage.ts'
import { parseGoTestReport } from '../reports/go-test-report.ts'
import type { TestRunner } from './test-runner.ts'

const REPORT = 'events.ndjson'
const COVERAGE = 'cover.out'
const MODULE = 'module.txt'

/** `go test` over all packages, with the modules that are already there; nothing is downloaded. */
export const goTestRunner: TestRunner = {
  name: 'go-test',
  aliases: ['go', 'golang'],
  language: 'go',
  tool: 'go',
  detect: (project) =>
    project.files.includes('go.mod') && project.files.some((path) => path.endsWith('_test.go')) ? 4 : 0,
  testFiles: (project) => project.files.filter((path) => path.endsWith('_test.go')),
  requiredPackages: () => [],
  probe: {
    command: (program) => ({ argv: [program, 'version'], env: { GOTOOLCHAIN: 'local' } }),
    read: (result) => (result.exitCode === 0 ? new Set(['coverage']) : null),
  },
  command: ({ program, reportFolder }) => ({
    // The events go to a file of their own: kept output is cut in the middle.
    argv: [
      'sh',
      '-c',
      `"$0" list -m > "$1/${MODULE}" && exec "$0" test -json -count=1 -p=2 -coverpkg=./... "-coverprofile=$1/${COVERAGE}" ./... > "$1/${REPORT}"`,
      program,
      reportFolder,
    ],
    env: { GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod', GOPROXY: 'off', GOCACHE: '/tmp/go-build' },
  }),
  async readReport(read) {
    const text = await read(REPORT)
    if (text === null || text === '') return null
    const coverage = await read(COVERAGE)
    const modulePath = (await read(MODULE))?.trim() ?? ''
    return {
      ...parseGoTestReport(text),
      stated: null,
      coverage: coverage === null ? null : parseGoCoverage(coverage, modulePath),
    }
  },
}
