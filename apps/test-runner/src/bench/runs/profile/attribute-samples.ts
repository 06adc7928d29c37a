/** A `.cpuprofile`. @see https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  /** Ids of nodes. */
  readonly samples: readonly number[]
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[]
}

interface ProfileNode {
  readonly id: number
  readonly callFrame: CallFrame
  readonly children?: readonly number[]
}

export interface CallFrame {
  readonly functionName: string
  readonly url: string
  /** From 0. */
  readonly lineNumber: number
  readonly columnNumber: number
}

const IDLE = '(idle)'
const OWN_PARTS: Readonly<Record<string, string>> = { '(garbage collector)': 'garbage collection' }
const REST = 'Node.js itself'

/**
 * Adds up the time of all samples by part: the one of the innermost frame that belongs to a part, so that what Node does
 * for a package counts as the package's.
 * @param partOf null for frames of Node's own
 * @returns milliseconds by part, the longest first; time in which nothing was to be done is left out
 */
export function attributeSamples(
  profile: CpuProfile,
  partOf: (frame: CallFrame) => string | null,
): ReadonlyMap<string, number> {
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  )
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]))
  const parts = new Map<number, string | null>()
  const find = (id: number): string | null => {
    const known = parts.get(id)
    if (known !== undefined) return known
    const frame = frames.get(id)
    const parent = parents.get(id)
    const own = frame === undefined ? null : (OWN_PARTS[frame.functionName] ?? partOf(frame))
    const part = own ?? (parent === undefined ? null : find(parent))
    parts.set(id, part)
    return part
  }
  const times = new Map<string, number>()
  for (const [index, id] of profile.samples.entries()) {
    if (frames.get(id)?.functionName === IDLE) continue
    const part = find(id) ?? REST
    times.set(part, (times.get(part) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1_000)
  }
  return new Map([...times].sort(([, a], [, b]) => b - a))
}
