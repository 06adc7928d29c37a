import type { RunResult } from '../run.ts'
import { contentText } from './canonical-json.ts'

/** Something of a run that a statement is about: hashed with sha256 over its text in UTF-8. */
export interface SubjectContent {
  readonly name: string
  readonly text: string
}

/** Name of the subject that is the git tree which the run ended with. */
export const TREE_SUBJECT = 'tree'

/** Written out, since the schemas must not come along to where only signatures are checked. */
const KINDS = ['spec', 'changes', 'tests', 'review', 'diagnosis'] as const

/** What of a run's result a statement has digests of: the patch, every artifact, and the verification. */
export function subjectContents(result: RunResult): readonly SubjectContent[] {
  const artifacts = KINDS.flatMap((kind) => {
    const content = result[kind]
    return content === undefined ? [] : [{ name: `artifacts/${kind}`, text: contentText(content) }]
  })
  const { patch, verification } = result
  return [
    { name: 'patch', text: patch },
    ...artifacts,
    ...(verification === null ? [] : [{ name: 'verification', text: contentText(verification) }]),
  ]
}
