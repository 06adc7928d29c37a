/** A single-quoted JavaScript string. */
export function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`
}

/** Indents every line that is not empty by two spaces. */
export function indent(text: string): string {
  return text.replace(/^\n+|\s+$/g, '').replaceAll(/^(?=.)/gm, '  ')
}
