import { slimTask } from '../task/slim-task.ts'
import type { FileEdit, Workspace } from '../workspace/workspace.ts'
import { defineAgent } from './define-agent.ts'
import { readIfPresent } from './evidence/read-if-present.ts'
import prompt from './test-generator.md'
import { buildTests } from './test-report/build-tests.ts'
import { findTestNames } from './test-report/find-test-names.ts'
import { isTestFile } from './test-report/test-paths.ts'
import { TEST_POLICY } from './test-report/test-policy.ts'
import { testReport } from './test-report/test-report.ts'
import { workOnTree } from './tool-loop/work-on-tree.ts'

export const testGeneratorAgent = defineAgent({
  name: 'TestGenerator',
  title: 'Test generator',
  description: 'Writes tests for the code at hand; the verifier executes them with coverage.',
  aliases: ['test', 'tests'],
  consumes: [
    { anyOf: ['changes', 'files', 'repository'], optional: false },
    { anyOf: ['spec'], optional: true },
    { anyOf: ['diagnosis'], optional: true },
  ],
  produces: ['tests'],
  options: ['testFramework', 'coverageGoals', 'targetFiles', 'existingFiles'],
  writesFiles: true,
  version: 1,
  prompt,
  outputSchema: testReport,
  async run(context) {
    const { task, workspace } = context
    const work = await workOnTree({
      context,
      task: slimTask(task),
      system: prompt,
      policy: TEST_POLICY,
      finish: { description: 'Ends the work; tell which tests were written.', inputSchema: testReport },
      async findObjection(edits) {
        const files = await readTestFiles(workspace, edits)
        if (files.some(({ path, content }) => findTestNames(path, content).length > 0)) return null
        return 'no test was written: no changed test file holds a test.'
      },
    })
    const { tests, warnings } = buildTests({
      files: await readTestFiles(workspace, work.edits),
      report: work.report,
      framework: task.testing.framework,
      spec: task.spec,
    })
    for (const warning of warnings) context.warn(warning)
    return { tests }
  },
})

async function readTestFiles(workspace: Workspace, edits: readonly FileEdit[]) {
  const files: { path: string; content: string }[] = []
  for (const edit of edits) {
    if (edit.operation === 'delete' || !isTestFile(edit.path)) continue
    const content = await readIfPresent(workspace, edit.path)
    if (content !== null) files.push({ path: edit.path, content })
  }
  return files
}
