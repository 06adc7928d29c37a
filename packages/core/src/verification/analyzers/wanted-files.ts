/** What a sandboxed command takes on its standard input. */
const MAX_BYTES = 64 * 1024

/** The files that a program of ours is to look at, as its standard input; nothing, which means all, when there are too many. */
export function wantedFiles(wanted: readonly string[] | null): { readonly stdin?: string } {
  if (wanted === null) return {}
  const stdin = JSON.stringify(wanted)
  return Buffer.byteLength(stdin) <= MAX_BYTES ? { stdin } : {}
}
