import { dirname } from 'node:path'
import { parseGoCoverage } from '../coverage-data/go-coverage.ts'
import { parseGoTestReport } from '../reports/go-test-report.ts'
import type { TestRunner } from './test-runner.ts'

const REPORT = 'events.ndjson'
const COVERAGE = 'cover.out'
const MODULE = 'module.txt'

/** `go test` over the packages that have tests, with the modules that are already there; nothing is downloaded. */
export const goTestRunner: TestRunner = {
  name: 'go-test',
  aliases: ['go', 'golang'],
  language: 'go',
  tool: 'go',
  detect: (project) =>
    project.files.includes('go.mod') && project.files.some((path) => path.endsWith('_test.go')) ? 4 : 0,
  testFiles: (project) => {
    const nested = project.files.filter((path) => path.endsWith('/go.mod')).map((path) => dirname(path))
    // What the go command itself leaves out, and modules of their own.
    return project.files.filter(
      (path) =>
        path.endsWith('_test.go') &&
        !/(^|\/)(testdata|vendor|_[^/]*|\.[^/]*)\//.test(path) &&
        !nested.some((folder) => path.startsWith(`${folder}/`)),
    )
  },
  omitsFiles: true,
  requiredPackages: () => [],
  probe: {
    command: (program) => ({ argv: [program, 'version'], env: { GOTOOLCHAIN: 'local' } }),
    read: (result) => (result.exitCode === 0 ? new Set(['coverage']) : null),
  },
  command: ({ program, reportFolder, testFiles, coverage }) => ({
    // The events go to a file of their own: kept output is cut in the middle.
    argv: [
      'sh',
      '-c',
      `"$0" list -m > "$1/${MODULE}" && folder="$1" && shift && exec "$0" test -json -count=1 -p=2 "$@" > "$folder/${REPORT}"`,
      program,
      reportFolder,
      ...(coverage ? ['-coverpkg=./...', `-coverprofile=${reportFolder}/${COVERAGE}`] : []),
      ...new Set(testFiles.map((file) => `./${dirname(file)}`)),
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
