import { slimTask } from '../task/slim-task.ts'
import { buildChanges } from './changes/build-changes.ts'
import { codeReport } from './changes/code-report.ts'
import prompt from './code.md'
import { defineAgent } from './define-agent.ts'
import { readTextList } from './evidence/read-options.ts'
import { workOnTree } from './tool-loop/work-on-tree.ts'
import { targetPolicy } from './tools/write-policy.ts'

export const codeAgent = defineAgent({
  name: 'Code',
  title: 'Code',
  description: 'Changes the repository until it does what the request and the specification ask.',
  aliases: [],
  consumes: [
    { anyOf: ['spec'], optional: true },
    { anyOf: ['review'], optional: true },
    { anyOf: ['diagnosis'], optional: true },
    { anyOf: ['tests'], optional: true },
    { anyOf: ['files', 'repository'], optional: true },
  ],
  produces: ['changes'],
  options: ['projectType', 'existingFiles', 'targetFiles'],
  writesFiles: true,
  version: 1,
  prompt,
  outputSchema: codeReport,
  async run(context) {
    const { task, workspace } = context
    const work = await workOnTree({
      context,
      task: slimTask(task),
      system: prompt,
      policy: targetPolicy(readTextList(task.options['targetFiles'])),
      finish: { description: 'Ends the work; tell what was changed and why.', inputSchema: codeReport },
    })
    return { changes: await buildChanges({ ...work, workspace, spec: task.spec }) }
  },
})
