import type { SandboxCommand } from '../../sandbox/sandbox.ts'
import type { AnalyzerFinding } from '../analysis.ts'

/** A finding as one analyzer reports it. */
export interface RawFinding extends Omit<AnalyzerFinding, 'source' | 'alsoFoundBy'> {
  readonly rule: string
  /** What the finding says in a word that analyzers share, such as a CWE: equal ones at one place are one finding. */
  readonly meaning: string
}

/** Where an analyzer works. */
export interface AnalyzerPlace {
  /** Folder of the tools: `programs`, `rules` and `node_modules` below. */
  readonly tools: string
  /** The run's worktree, visible read-only; for installed packages only. */
  readonly worktree: string
  /** The only files whose findings are asked for; null for all. A tool may look at all of them anyway. */
  readonly wanted: readonly string[] | null
}

/** One analyzer: a command over the exported tree, and how to read what it prints. One file each implements this. */
export interface AnalyzerTool {
  readonly name: string
  readonly mode: 'fast' | 'deep'
  /** Packages of the tools that it cannot work without. */
  readonly packages: readonly string[]
  /** Whether it has anything to say of such a file. */
  looksAt(path: string): boolean
  /** Started in the exported tree. */
  command(place: AnalyzerPlace): SandboxCommand
  /**
   * Reads what the command printed. The command ran over a stranger's files: nothing of it is taken as it is.
   * @throws Error when it is not what the tool prints
   */
  read(stdout: string): readonly RawFinding[]
}
