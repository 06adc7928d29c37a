import { dirname } from 'node:path'
import { parseGoCoverage } from '../coverage-data/go-coverage.ts'
import { parseGoTestReport } from '../reports/go-test-report.ts'
import { readSealedOutput } from '../reports/sealed-output.ts'
import { OUTPUT_ENTRY } from './support/output-entry.ts'
import { sealFiles } from './support/seal-entry.ts'
import type { TestRunner } from './test-runner.ts'

const ENTRY = 'output.cjs'
const COVERAGE = 'cover.out'
const MODULE = 'module.txt'

/** `go test` over the packages that have tests, with the modules that are already there; nothing is downloaded. */
export const goTestRunner: TestRunner = {
  name: 'go-test',
  aliases: ['go', 'golang'],
  language: 'go',
  tool: 'go',
  needsNode: true,
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
  supportFiles: { ...sealFiles(), [ENTRY]: OUTPUT_ENTRY },
  command: ({ program, node, reportFolder, testFiles, coverage, sealKey }) => ({
    argv: [
      node,
      ...[`${reportFolder}/${ENTRY}`, `${MODULE},${COVERAGE}`],
      ...['sh', '-c', `"$0" list -m > "$1" && shift && exec "$0" test -json -count=1 -p=2 "$@"`, program],
      `${reportFolder}/${MODULE}`,
      ...(coverage ? ['-coverpkg=./...', `-coverprofile=${reportFolder}/${COVERAGE}`] : []),
      ...new Set(testFiles.map((file) => `./${dirname(file)}`)),
    ],
    stdin: sealKey,
    env: { GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod', GOPROXY: 'off', GOCACHE: '/tmp/go-build' },
  }),
  async readReport(read, { sealKey }) {
    const sealed = await readSealedOutput(read, sealKey)
    if (sealed === null) return null
    const coverage = sealed.files[COVERAGE]
    return {
      ...parseGoTestReport(sealed.output),
      stated: null,
      coverage: coverage === undefined ? null : parseGoCoverage(coverage, sealed.files[MODULE]?.trim() ?? ''),
    }
  },
}
