import { writeFile } from 'node:fs/promises'
import { drive } from '../drive.ts'
import type { ProcessInspector } from '../inspect-process.ts'
import { attributeSamples, type CpuProfile } from './attribute-samples.ts'
import { createPartOfFrame } from './part-of-frame.ts'

const LIMIT_MS = 60_000

/** What the server's main thread was busy with, in milliseconds a run. */
export interface RunProfile {
  readonly name: string
  readonly parts: Readonly<Record<string, number>>
}

/**
 * Profiles the server while it executes runs, 50 at a time, apart from what is measured, which profiling slows down.
 * @param options.file where the profile itself goes, for the developer tools of a browser
 */
export async function profileRuns(options: {
  readonly name: string
  readonly inspector: Pick<ProcessInspector, 'startProfile' | 'stopProfile'>
  readonly run: () => Promise<void>
  readonly count: number
  readonly concurrency: number
  readonly file: string
}): Promise<RunProfile> {
  const { name, inspector, run, file } = options
  await inspector.startProfile()
  const { count } = await drive(run, { count: options.count, concurrency: options.concurrency, limitMs: LIMIT_MS })
  const profile = (await inspector.stopProfile()) as CpuProfile // as the protocol says
  await writeFile(file, JSON.stringify(profile))
  const parts = attributeSamples(profile, createPartOfFrame())
  return { name, parts: Object.fromEntries([...parts].map(([part, ms]) => [part, ms / count])) }
}
