import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Test support: a report as a runner wrote it. */
export function readFixture(name: string): string {
  return readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8')
}
