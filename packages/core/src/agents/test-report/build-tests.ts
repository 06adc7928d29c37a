import type { SpecArtifact, TestsArtifact } from '@codex/protocol'
import { normalizePath } from '../../task/given-files.ts'
import { detectFramework } from './detect-framework.ts'
import { findTestNames } from './find-test-names.ts'
import { guessTestKind } from './test-paths.ts'
import type { TestReport } from './test-report.ts'

export interface TestWork {
  readonly files: readonly { readonly path: string; readonly content: string }[]
  readonly report: TestReport | null
  /** Framework that the request asked for. */
  readonly framework: string | null
  readonly spec: SpecArtifact | undefined
}

type Case = TestsArtifact['cases'][number]

/**
 * Makes the tests artifact: cases are those that stand in the files; the report adds kind and requirement. Execution
 * and coverage stay null, the verifier fills them.
 */
export function buildTests(work: TestWork): { readonly tests: TestsArtifact; readonly warnings: readonly string[] } {
  const warnings: string[] = []
  const { cases, kinds } = matchCases(work, warnings)
  const files = work.files.map(({ path, content }) => ({ path, content, kind: kinds.get(path) ?? guessTestKind(path) }))
  const seen = detectFramework(work.files.map((file) => file.content))
  const asked = work.framework
  const isAsAsked = asked !== null && (seen === null || foldName(seen) === foldName(asked))
  const framework = isAsAsked ? asked : (seen ?? (work.report?.framework.trim() || 'unknown'))
  if (asked !== null && !isAsAsked) warnings.push(`The request asks for tests in ${asked}, but the files use ${seen}`)
  return { tests: { schemaVersion: 1, framework, files, cases, execution: null, coverage: null }, warnings }
}

function matchCases(work: TestWork, warnings: string[]) {
  const known = work.spec && new Set(work.spec.requirements.map((requirement) => requirement.id))
  const reported = new Map<string, TestReport['cases'][number]>()
  const kinds = new Map<string, Case['kind']>()
  for (const testCase of work.report?.cases ?? []) {
    const path = normalizePath(testCase.path)
    reported.set(`${path}\n${lastSegment(testCase.name)}`, testCase)
  }
  const cases: Case[] = []
  const ids = new Set<string>()
  const add = (said: TestReport['cases'][number] | undefined, name: string, path: string) => {
    const wanted = said?.id.trim() ?? ''
    const id = wanted !== '' && !ids.has(wanted) ? wanted : nextId(ids)
    ids.add(id)
    const requirement = said?.requirement || null
    const exists = requirement === null || known === undefined || known.has(requirement)
    if (!exists) warnings.push(`Test "${name}" refers to requirement "${requirement}", which the spec does not have`)
    if (said !== undefined && !kinds.has(path)) kinds.set(path, said.kind)
    cases.push({ id, name, kind: said?.kind ?? guessTestKind(path), requirement: exists ? requirement : null })
  }
  for (const { path, content } of work.files) {
    for (const name of findTestNames(path, content)) {
      const key = `${path}\n${name}`
      add(reported.get(key), reported.get(key)?.name ?? name, path)
      reported.delete(key)
    }
  }
  // Titles that are put together at run time are not found as titles, but their text stands in the file.
  for (const [key, testCase] of reported) {
    const path = key.slice(0, key.indexOf('\n'))
    const file = work.files.find((candidate) => candidate.path === path)
    if (file?.content.includes(lastSegment(testCase.name))) add(testCase, testCase.name, path)
    else warnings.push(`The agent reported test "${testCase.name}" in "${path}", but it is not there`)
  }
  return { cases, kinds }
}

/** `suite > test` -> `test`. */
function lastSegment(name: string): string {
  return (
    name
      .split(/ [>›] /)
      .at(-1)
      ?.trim() ?? name
  )
}

/** `node:test` and `node-test` are one name. */
function foldName(framework: string): string {
  return framework.toLowerCase().replaceAll(/[\s_:.-]/g, '')
}

function nextId(taken: ReadonlySet<string>): string {
  for (let number = taken.size + 1; ; number += 1) {
    const id = `T-${String(number).padStart(3, '0')}`
    if (!taken.has(id)) return id
  }
}
