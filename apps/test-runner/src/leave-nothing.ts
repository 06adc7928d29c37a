import type { TestProject } from 'vitest/node'
import { createScratch, type Scratch } from './server/scratch.ts'

declare module 'vitest' {
  interface ProvidedContext {
    scratch: Pick<Scratch, 'folder' | 'temporary'>
  }
}

let scratch: Scratch | undefined

/** Gives the suite its folder. */
export async function setup(project: TestProject): Promise<void> {
  scratch = await createScratch()
  project.provide('scratch', { folder: scratch.folder, temporary: scratch.temporary })
}

/** Fails the suite when a process or a file is left behind. */
export async function teardown(): Promise<void> {
  const leftovers = (await scratch?.leftovers()) ?? []
  await scratch?.remove()
  if (leftovers.length > 0) throw new Error(`left behind:\n${leftovers.join('\n')}`)
}
