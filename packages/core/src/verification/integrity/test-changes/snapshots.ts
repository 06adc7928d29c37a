import type { FileEdit } from '../../../workspace/workspace.ts'
import { type IntegrityFinding, integrityFinding } from '../integrity-finding.ts'
import type { TreeView } from '../tree-view.ts'

const SNAPSHOT = /\.(snap|snap\.cjs|snapshot|ambr)$|(^|\/)(__snapshots__|__image_snapshots__)\//
const ENTRY = /^(?:exports\[`(.+?)`\] = |# name: (.+)$)/gm

/** Finds recorded results that were deleted or recorded anew; new ones are nobody's loss. */
export async function compareSnapshots(
  edits: readonly FileEdit[],
  before: TreeView,
  after: TreeView,
): Promise<IntegrityFinding[]> {
  const findings: IntegrityFinding[] = []
  for (const { path, operation } of edits.filter((edit) => SNAPSHOT.test(edit.path))) {
    if (operation === 'create' || operation === 'rename') continue
    if (operation === 'delete') {
      if (await isOrphan(path, after)) continue
      findings.push(
        integrityFinding(
          'snapshot_removed',
          'high',
          { path },
          'The snapshot file was deleted while its tests are still there.',
        ),
      )
      continue
    }
    const [old, now] = [readEntries(await before.text(path)), readEntries(await after.text(path))]
    const rewritten = [...old].filter(([name, value]) => now.has(name) && now.get(name) !== value).map(([name]) => name)
    const removed = [...old.keys()].filter((name) => !now.has(name))
    if (rewritten.length > 0 || old.size === 0) {
      const names = rewritten.slice(0, 3).join('; ')
      findings.push(
        integrityFinding(
          'snapshot_rewritten',
          'medium',
          { path },
          names === ''
            ? 'The snapshot was recorded anew.'
            : `${rewritten.length} snapshots were recorded anew: ${names}.`,
        ),
      )
    }
    if (removed.length > 0) {
      findings.push(
        integrityFinding(
          'snapshot_removed',
          'medium',
          { path },
          `${removed.length} snapshots were removed: ${removed.slice(0, 3).join('; ')}.`,
        ),
      )
    }
  }
  return findings
}

/** Whether the test file of a snapshot file is gone too. */
async function isOrphan(path: string, after: TreeView): Promise<boolean> {
  const owner = path
    .replace(/(__snapshots__|__image_snapshots__)\//, '')
    .replace(/\.(snap|snap\.cjs|snapshot|ambr)$/, '')
  const stem = owner.split('/').at(-1) ?? owner
  const files = await after.files()
  return ![...files].some((file) => file === owner || (file.split('/').at(-1) ?? '').startsWith(stem))
}

function readEntries(text: string | null): Map<string, string> {
  const entries = new Map<string, string>()
  if (text === null || text.length > 5_000_000) return entries
  const found = [...text.matchAll(ENTRY)]
  for (const [index, match] of found.entries()) {
    entries.set(match[1] ?? match[2] ?? '', text.slice(match.index, found[index + 1]?.index).trim())
  }
  return entries
}
