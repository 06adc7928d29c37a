import type { Finding } from '@codex/protocol'
import type { FileEdit } from '../../workspace/workspace.ts'

const HUNK = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@/

/**
 * Writes findings into the diff that they are about, each as a `#` line under the line that it names; findings about
 * other lines follow at the end with their place. Meant for people, `git apply` does not take it.
 */
export function annotateDiff(edits: readonly FileEdit[], findings: readonly Finding[]): string {
  const open = new Set(findings)
  const output: string[] = []
  for (const edit of edits) {
    if (edit.diff === '') continue
    let newLine: number | null = null
    for (const line of edit.diff.replace(/\n$/, '').split('\n')) {
      output.push(line)
      const hunkStart = HUNK.exec(line)?.[1]
      if (hunkStart !== undefined) newLine = Number(hunkStart)
      else if (newLine !== null && /^[ +]|^$/.test(line)) {
        for (const finding of open) {
          if (finding.path !== edit.path || finding.line !== newLine) continue
          output.push(describe(finding))
          open.delete(finding)
        }
        newLine += 1
      }
    }
  }
  for (const finding of open) output.push(`# ${finding.path}:${finding.line}`, describe(finding))
  return output.length === 0 ? '' : `${output.join('\n')}\n`
}

function describe(finding: Finding): string {
  const text = [finding.message, ...(finding.suggestion === undefined ? [] : [`Suggestion: ${finding.suggestion}`])]
  return `# ${finding.id} [${finding.severity}, ${finding.category}] ${text.join('\n').replaceAll('\n', '\n#   ')}`
}
