import type { RequirementCoverage, SpecArtifact, TestCaseResult, TestExecution, TestsArtifact } from '@codex/protocol'

/** `REQ-001`, `TC-003`, `AC-002`, also as identifiers write them: `req_001`, `TC003`. */
const MENTION = /(?<![A-Za-z])(REQ|TC|AC)[-_ ]?(\d{1,6})(?!\d)/gi

type CoveringTest = RequirementCoverage['tests'][number]

/**
 * Says for each requirement of the spec which tests speak for it and whether they passed. A test speaks for a requirement
 * when its name (or that of a suite around it) mentions the id of the requirement, of one of its test cases or of one of
 * its acceptance criteria, when it is called what the spec calls a test case, or when the tests artifact says so. A test that was announced and did not run counts as not
 * passed.
 * @returns empty without a spec
 */
export function coverRequirements(
  spec: SpecArtifact | null,
  tests: TestsArtifact | null,
  execution: TestExecution | null,
): RequirementCoverage[] {
  if (spec === null) return []
  const owners = ownersOf(spec)
  const covering = new Map<string, Map<string, CoveringTest>>(spec.requirements.map(({ id }) => [id, new Map()]))
  const add = (requirement: string | null | undefined, test: CoveringTest): void => {
    if (requirement) covering.get(requirement)?.set(test.id, test)
  }
  const executed = execution?.cases ?? []
  for (const found of executed) {
    // the id holds the names of suites that some reports leave out of the name
    for (const owner of mentioned(`${found.id}\n${found.name}`, owners)) add(owner, toTest(found))
  }
  for (const { requirement, description } of spec.testCases) {
    const wanted = nameKey(description)
    if (wanted === '') continue
    const owner = ownerOf(requirement, owners)
    for (const found of executed) if (nameKey(found.name) === wanted) add(owner, toTest(found))
  }
  for (const planned of tests?.cases ?? []) {
    const requirement = planned.requirement === null ? null : ownerOf(planned.requirement, owners)
    const named = [requirement, ...mentioned(planned.name, owners), ownerOf(planned.id, owners)]
    const wanted = [...new Set(named)].filter((owner) => owner !== null)
    if (wanted.length === 0) continue
    const matches = findExecuted(planned.name, executed)
    for (const owner of wanted) {
      if (matches.length === 0) {
        if (execution !== null) add(owner, { id: planned.id, name: planned.name, status: 'skipped' })
      } else for (const found of matches) add(owner, toTest(found))
    }
  }
  return spec.requirements.map(({ id, text }) => {
    const found = [...(covering.get(id)?.values() ?? [])]
    return { requirement: id, text, status: statusOf(found), tests: found }
  })
}

function statusOf(tests: readonly CoveringTest[]): RequirementCoverage['status'] {
  if (tests.length === 0) return 'untested'
  return tests.every(({ status }) => status === 'passed') ? 'passed' : 'failed'
}

/** Ids in one spelling, with the requirement that each belongs to. */
function ownersOf({ requirements, testCases, acceptanceCriteria }: SpecArtifact): Map<string, string> {
  const owners = new Map<string, string>()
  const known = new Map(requirements.map(({ id }) => [idKey(id), id]))
  for (const { id, requirement } of [...testCases, ...acceptanceCriteria]) {
    const owner = known.get(idKey(requirement))
    if (owner !== undefined) owners.set(idKey(id), owner)
  }
  for (const [key, id] of known) owners.set(key, id)
  return owners
}

function ownerOf(id: string, owners: ReadonlyMap<string, string>): string | null {
  return owners.get(idKey(id)) ?? null
}

function mentioned(text: string, owners: ReadonlyMap<string, string>): string[] {
  const keys = [...text.matchAll(MENTION)].map(([id]) => idKey(id))
  return [...new Set(keys.flatMap((key) => owners.get(key) ?? []))]
}

/** `REQ-001`, `req_1` and `Req 001` are the same. */
function idKey(id: string): string {
  const [, kind = id, digits] = /^([A-Za-z]+)[-_ ]?0*(\d+)$/.exec(id.trim()) ?? []
  return digits === undefined ? id.trim().toUpperCase() : `${kind.toUpperCase()}-${digits}`
}

/** Executed cases of a name; a planned name may leave out the suites around it. */
function findExecuted(name: string, executed: readonly TestCaseResult[]): TestCaseResult[] {
  const wanted = nameKey(name)
  if (wanted === '') return []
  const exact = executed.filter((found) => nameKey(found.name) === wanted)
  if (exact.length > 0) return exact
  return executed.filter((found) => {
    const leaf = found.name.split(' > ').at(-1) ?? ''
    return (
      nameKey(leaf) === wanted || nameKey(found.name).endsWith(` ${wanted}`) || nameKey(found.id).endsWith(` ${wanted}`)
    )
  })
}

function nameKey(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

function toTest({ id, name, status }: TestCaseResult): CoveringTest {
  return { id, name, status }
}
