import { readFileSync } from 'node:fs'

/** Says of a path whether it is asked for: the standard input lists those that are, and an empty one means all. */
export function readWantedFiles() {
  const text = readFileSync(0, 'utf8')
  if (text === '') return () => true
  const wanted = new Set(JSON.parse(text))
  return (path) => wanted.has(path)
}
