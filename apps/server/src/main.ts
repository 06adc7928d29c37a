import { findNodeProblem } from './node-version.ts'

// nothing else may be imported statically here: an older Node fails on it before it could be told why
const problem = findNodeProblem(process.versions.node)
if (problem === null) {
  const { runProgram } = await import('./program.ts')
  await runProgram()
} else {
  process.stderr.write(`codex-orchestrator cannot start: ${problem}\n`)
  process.exitCode = 1
}
