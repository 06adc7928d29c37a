import { stripVTControlCharacters } from 'node:util'

const MAX_FAILURE_CHARACTERS = 4_000

/** Makes ids out of names and keeps apart cases that share all their names. */
export class CaseIds {
  readonly #seen = new Map<string, number>()

  next(names: readonly string[]): string {
    const id = names.join(' > ')
    const count = (this.#seen.get(id) ?? 0) + 1
    this.#seen.set(id, count)
    return count === 1 ? id : `${id} #${count}`
  }
}

/** Failure text without colours, cut to what a person or a model reads; null when there is none. */
export function shortenFailure(text: string): string | null {
  const plain = stripVTControlCharacters(text).trim()
  if (plain === '') return null
  return plain.length <= MAX_FAILURE_CHARACTERS ? plain : `${plain.slice(0, MAX_FAILURE_CHARACTERS)}\n[cut]`
}
