/**
 * Puts text between `<!-- name:begin -->` and `<!-- name:end -->`, on lines of its own.
 * @throws Error when the markers are not there
 */
export function replaceBetweenMarkers(document: string, name: string, text: string): string {
  const begin = `<!-- ${name}:begin -->`
  const end = `<!-- ${name}:end -->`
  const from = document.indexOf(begin)
  const to = document.indexOf(end, from)
  if (from < 0 || to < 0) throw new Error(`the document has no ${begin} … ${end}`)
  return `${document.slice(0, from + begin.length)}\n\n${text.trim()}\n\n${document.slice(to)}`
}
