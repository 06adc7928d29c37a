import { LETTER_CASE_FUNCTIONS } from './letter-case.ts'
import type { LibraryFunction } from './library-function.ts'
import { LIST_FUNCTIONS } from './list-functions.ts'
import { NUMBER_FUNCTIONS } from './number-functions.ts'
import { NUMBER_THEORY_FUNCTIONS } from './number-theory-functions.ts'
import { OBJECT_FUNCTIONS } from './object-functions.ts'
import { STATISTICS_FUNCTIONS } from './statistics-functions.ts'
import { TEXT_FUNCTIONS } from './text-functions.ts'

/** Every function that can be composed. */
export const LIBRARY_FUNCTIONS: readonly LibraryFunction[] = [
  ...TEXT_FUNCTIONS,
  ...LETTER_CASE_FUNCTIONS,
  ...NUMBER_THEORY_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...STATISTICS_FUNCTIONS,
  ...LIST_FUNCTIONS,
  ...OBJECT_FUNCTIONS,
]

/** A function by its name; undefined when the catalogue has none. */
export function findFunction(name: string): LibraryFunction | undefined {
  return LIBRARY_FUNCTIONS.find((one) => one.name === name)
}
