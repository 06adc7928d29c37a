import type { Artifacts, TestsArtifact, Verification } from '@codex/protocol'

/**
 * The tests artifact with the verifier's figures. TestGenerator's own artifact keeps its files and cases; where Code
 * wrote the tests, files and cases are those that were executed.
 * @returns null when nothing was executed and nobody made tests
 */
export function describeTests(
  artifacts: Pick<Artifacts, 'tests' | 'changes'>,
  verification: Pick<Verification, 'tests' | 'coverage'> | null,
): TestsArtifact | null {
  const made = artifacts.tests
  if (verification === null) return made ?? null
  const { tests: execution, coverage } = verification
  if (made !== undefined) return { ...made, execution, coverage }
  if (execution === null) return null
  const executedFiles = new Set(execution.cases.flatMap((testCase) => testCase.file ?? []))
  const written = artifacts.changes?.edits.filter((edit) => executedFiles.has(edit.path)) ?? []
  return {
    schemaVersion: 1,
    framework: execution.framework,
    files: written.map((edit) => ({ path: edit.path, kind: 'unit', content: edit.content ?? '' })),
    cases: execution.cases.map((testCase) => ({
      id: testCase.id,
      name: testCase.name,
      kind: 'unit',
      requirement: null,
    })),
    execution,
    coverage,
  }
}
