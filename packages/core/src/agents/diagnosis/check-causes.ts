import type { DiagnosisContent } from '@codex/protocol'
import type { TreeLines } from '../evidence/tree-lines.ts'

type RootCause = DiagnosisContent['rootCauses'][number]

/**
 * Checks the places that root causes name: a file that does not exist, or a line that the file does not have, becomes
 * null with a warning; the quoted log stays. Causes are sorted by confidence.
 */
export async function checkCauses(
  causes: readonly RootCause[],
  lines: TreeLines,
): Promise<{ readonly causes: RootCause[]; readonly warnings: readonly string[] }> {
  const warnings: string[] = []
  const checked: RootCause[] = []
  for (const cause of causes) {
    const evidence: RootCause['evidence'] = []
    for (const item of cause.evidence) {
      if (item.path === null) {
        if (item.log.trim() !== '') evidence.push({ ...item, line: null })
        continue
      }
      const path = await lines.resolve(item.path)
      if (path === null) {
        warnings.push(`Debug named "${item.path}" as evidence, but there is no such file`)
        if (item.log.trim() !== '') evidence.push({ path: null, line: null, log: item.log })
        continue
      }
      const count = await lines.countLines(path)
      const exists = item.line === null || item.line <= count
      if (!exists) warnings.push(`Debug named line ${item.line} of "${path}" as evidence, but it has ${count}`)
      evidence.push({ path, line: exists ? item.line : null, log: item.log })
    }
    checked.push({ ...cause, evidence })
  }
  return { causes: checked.toSorted((left, right) => right.confidence - left.confidence), warnings }
}
