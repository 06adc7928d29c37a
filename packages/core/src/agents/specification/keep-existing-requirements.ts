import type { SpecContent } from '@codex/protocol'

type Requirement = SpecContent['requirements'][number]

const WITH_ID = /^(REQ-\d{3,})\s*[:.)-]?\s+(.+)$/s

/** What two spellings of one sentence have in common. */
function fold(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/**
 * Puts back the existing requirements that a spec left out, word for word, with priority `must`. One that carries an
 * id (`REQ-007: …`) keeps it where it is free.
 */
export function keepExistingRequirements(
  requirements: readonly Requirement[],
  existing: readonly string[],
): { readonly requirements: Requirement[]; readonly added: readonly Requirement[] } {
  const texts = requirements.map((requirement) => fold(requirement.text))
  const taken = new Set(requirements.map((requirement) => requirement.id))
  const added: Requirement[] = []
  for (const given of existing) {
    const [, givenId, givenText] = WITH_ID.exec(given) ?? []
    const text = givenText ?? given
    if (texts.some((other) => other.includes(fold(text)))) continue
    const id = givenId !== undefined && !taken.has(givenId) ? givenId : nextId(taken)
    taken.add(id)
    added.push({ id, text, priority: 'must' })
  }
  return { requirements: [...requirements, ...added], added }
}

function nextId(taken: ReadonlySet<string>): string {
  const highest = Math.max(0, ...[...taken].map((id) => Number(id.slice('REQ-'.length))))
  return `REQ-${String(highest + 1).padStart(3, '0')}`
}
