import { diagnosisContent } from '@codex/protocol'
import { renderTask } from '../task/agent-task.ts'
import { slimTask } from '../task/slim-task.ts'
import prompt from './debug.md'
import { defineAgent } from './define-agent.ts'
import { checkCauses } from './diagnosis/check-causes.ts'
import { checkPatches } from './diagnosis/check-patches.ts'
import { rankFiles } from './diagnosis/rank-files.ts'
import { selectDiff } from './evidence/select-diff.ts'
import { selectFiles } from './evidence/select-files.ts'
import { createTreeLines } from './evidence/tree-lines.ts'
import { openTree } from './evidence/tree-reader.ts'

const MAX_DIFF_CHARACTERS = 60_000
const MAX_CONTENT_CHARACTERS = 160_000
const MAX_FILE_CHARACTERS = 40_000

export const debugAgent = defineAgent({
  name: 'Debug',
  title: 'Debug',
  description: 'Finds out from logs, failed tests and code why something fails, and suggests patches that apply.',
  aliases: [],
  consumes: [
    { anyOf: ['logs', 'tests', 'changes', 'files', 'repository'], optional: false },
    { anyOf: ['changes'], optional: true },
    { anyOf: ['tests'], optional: true },
    { anyOf: ['review'], optional: true },
    { anyOf: ['spec'], optional: true },
  ],
  produces: ['diagnosis'],
  options: ['logs', 'codebaseFiles', 'debugFocus', 'targetFiles', 'existingFiles'],
  writesFiles: false,
  version: 1,
  prompt,
  outputSchema: diagnosisContent,
  async run(context) {
    const { task, workspace } = context
    const edits = await workspace.diff(context.baseTree, context.inputTree)
    const tree = await openTree(workspace, context.inputTree)
    const { contents } = await selectFiles(tree, {
      paths: rankFiles(task, tree.files, edits),
      maxCharacters: MAX_CONTENT_CHARACTERS,
      maxFileCharacters: MAX_FILE_CHARACTERS,
    })
    const diff = selectDiff(edits, MAX_DIFF_CHARACTERS)
    const output = await context.callStructured(
      {
        system: prompt,
        messages: [{ role: 'user', content: renderTask({ ...slimTask(task), diff, fileContents: contents }) }],
      },
      diagnosisContent,
    )
    const { causes, warnings: causeWarnings } = await checkCauses(output.rootCauses, createTreeLines(tree))
    const { suggestions, warnings: patchWarnings } = await checkPatches(output.patchSuggestions, tree)
    for (const warning of [...causeWarnings, ...patchWarnings]) context.warn(warning)
    return { diagnosis: { schemaVersion: 1, ...output, rootCauses: causes, patchSuggestions: suggestions } }
  },
})
