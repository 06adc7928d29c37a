import type { IntegrityFinding } from './integrity-finding.ts'

/**
 * Whether a case is gone for a reason that comparing the sources found: its feature was removed with it.
 * @param changes what comparing the tests of the trees found
 */
export function isRemovalExcused(
  changes: readonly IntegrityFinding[],
  paths: readonly string[],
  name: string,
): boolean {
  const about = changes.filter(
    ({ rule, path, message }) =>
      paths.includes(path) &&
      (rule === 'test_file_deleted' || (rule === 'test_removed' && message.includes(`"${name}"`))),
  )
  return about.length > 0 && about.every(({ severity }) => severity !== 'high' && severity !== 'critical')
}
