import { parseCargoTestReport } from '../reports/cargo-test-report.ts'
import type { TestRunner } from './test-runner.ts'

const REPORT = 'output.txt'

/** `cargo test` with the crates that are already there; coverage would need a component that toolchains lack. */
export const cargoTestRunner: TestRunner = {
  name: 'cargo-test',
  aliases: ['cargo', 'rust'],
  language: 'rust',
  tool: 'cargo',
  detect: (project) => (project.files.includes('Cargo.toml') ? 3 : 0),
  // Rust keeps unit tests inside its sources.
  testFiles: (project) => project.files.filter((path) => /(^|\/)(src|tests)\/.*\.rs$/.test(path)),
  omitsFiles: true,
  requiredPackages: () => [],
  probe: {
    command: (program) => ({ argv: [program, '--version'] }),
    read: (result) => (result.exitCode === 0 ? new Set() : null),
  },
  command: ({ program, reportFolder }) => ({
    // The output goes to a file of its own: what is kept of a command's output is cut in the middle.
    argv: ['sh', '-c', `exec "$0" test --offline --no-fail-fast --jobs 2 > "$1/${REPORT}" 2>&1`, program, reportFolder],
    env: { CARGO_TERM_COLOR: 'never', CARGO_TARGET_DIR: '/tmp/cargo-target', CARGO_HOME: '/tmp/cargo-home' },
  }),
  async readReport(read) {
    const text = await read(REPORT)
    return text === null ? null : { ...parseCargoTestReport(text), coverage: null }
  },
}
