import { fstatSync, readdirSync, readFileSync } from 'node:fs'

const CLOSE_ON_EXEC = 0o2000000

/** Sockets and pipes that Node closes on exec, by descriptor: the id of the object, which is never given again soon. */
const closedByNode = new Map<number, bigint>()

/**
 * Descriptors above 2 that a spawned child would inherit: Node closes its own on exec, but passes on whatever its parent
 * process left open (Linux, `flags` of proc(5) fdinfo). Connections are looked at once each, since a server has many.
 */
export function inheritedDescriptors(): readonly number[] {
  const inherited: number[] = []
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name)
    if (descriptor > 2 && isInherited(descriptor)) inherited.push(descriptor)
  }
  return inherited
}

function isInherited(descriptor: number): boolean {
  try {
    const stats = fstatSync(descriptor, { bigint: true })
    // Files may be opened again under the same number by somebody who does not close them on exec.
    const isConnection = stats.isSocket() || stats.isFIFO()
    if (isConnection && closedByNode.get(descriptor) === stats.ino) return false
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1]
    const isClosedOnExec = flags === undefined || (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) !== 0
    if (isConnection && isClosedOnExec) closedByNode.set(descriptor, stats.ino)
    return !isClosedOnExec
  } catch {
    return false // closed since the listing, such as the descriptor of the listing itself
  }
}
