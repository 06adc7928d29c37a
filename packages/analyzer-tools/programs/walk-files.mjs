import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Regular files under a folder as relative paths with `/`, sorted; links and installed packages are left out. */
export function walkFiles(folder, accepts, prefix = '') {
  const found = []
  for (const entry of readdirSync(join(folder, prefix), { withFileTypes: true })) {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`
    if (entry.isDirectory() && entry.name !== 'node_modules') found.push(...walkFiles(folder, accepts, path))
    else if (entry.isFile() && accepts(path)) found.push(path)
  }
  return found.sort()
}
