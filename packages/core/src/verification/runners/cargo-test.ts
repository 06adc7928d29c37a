import { parseCargoTestReport } from '../reports/cargo-test-report.ts'
import { readSealedOutput } from '../reports/sealed-output.ts'
import { OUTPUT_ENTRY } from './support/output-entry.ts'
import { sealFiles } from './support/seal-entry.ts'
import type { TestRunner } from './test-runner.ts'

const ENTRY = 'output.cjs'

/** `cargo test` with the crates that are already there; coverage would need a component that toolchains lack. */
export const cargoTestRunner: TestRunner = {
  name: 'cargo-test',
  aliases: ['cargo', 'rust'],
  language: 'rust',
  tool: 'cargo',
  needsNode: true,
  detect: (project) => (project.files.includes('Cargo.toml') ? 3 : 0),
  // Rust keeps unit tests inside its sources.
  testFiles: (project) => project.files.filter((path) => /(^|\/)(src|tests)\/.*\.rs$/.test(path)),
  omitsFiles: true,
  requiredPackages: () => [],
  probe: {
    command: (program) => ({ argv: [program, '--version'] }),
    read: (result) => (result.exitCode === 0 ? new Set() : null),
  },
  supportFiles: { ...sealFiles(), [ENTRY]: OUTPUT_ENTRY },
  command: ({ program, node, reportFolder, sealKey }) => ({
    argv: [
      node,
      ...[`${reportFolder}/${ENTRY}`, ''],
      // Names of test binaries stand on one stream and results on the other: their order matters.
      ...['sh', '-c', 'exec "$0" test --offline --no-fail-fast --jobs 2 2>&1', program],
    ],
    stdin: sealKey,
    env: { CARGO_TERM_COLOR: 'never', CARGO_TARGET_DIR: '/tmp/cargo-target', CARGO_HOME: '/tmp/cargo-home' },
  }),
  async readReport(read, { sealKey }) {
    const sealed = await readSealedOutput(read, sealKey)
    return sealed === null ? null : { ...parseCargoTestReport(sealed.output), coverage: null }
  },
}
