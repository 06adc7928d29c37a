import { readdirSync, readFileSync } from 'node:fs'

const CLOSE_ON_EXEC = 0o2000000

/**
 * Descriptors above 2 that a spawned child would inherit: Node closes its own on exec, but passes on whatever its parent
 * process left open (Linux, `flags` of proc(5) fdinfo).
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
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1'))?.[1]
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0
  } catch {
    return false // closed since the listing, such as the descriptor of the listing itself
  }
}
