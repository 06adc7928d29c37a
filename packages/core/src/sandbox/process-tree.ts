import type { ProcessSampler } from './process-sampler.ts'
import type { ProcessRow } from './process-table.ts'

/** Everything that one command started, as its driver can tell. */
export interface ProcessTree {
  /**
   * Live processes that count for the command.
   * @param sampleHost for trees that must look for their processes among all of the machine
   */
  list(sampleHost: ProcessSampler): Promise<readonly ProcessRow[]>
  /** Kills all of it with SIGKILL; may be called again and at any time after the spawn. */
  kill(): void
  /** Whether nothing of it runs any more; asked after the spawned process has ended. */
  isGone(): boolean
  /** Host paths of memory-backed folders of the command. */
  memoryFolders(): readonly string[]
}
