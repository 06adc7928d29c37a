import type { AnalyzerTool } from './analyzer-tool.ts'
import { astGrep } from './ast-grep.ts'
import { clones } from './clones.ts'
import { complexity } from './complexity.ts'
import { eslint } from './eslint.ts'
import { oxlint } from './oxlint.ts'
import { secretlint } from './secretlint.ts'
import { typescript } from './typescript.ts'

/**
 * Every analyzer; a new one is a file and a line here. The slowest come first, so that the quick ones fill the other
 * core meanwhile. Of two that find the same, {@link SPECIFIC_FIRST} says whose words are kept.
 */
export const ANALYZER_TOOLS: readonly AnalyzerTool[] = [
  typescript,
  eslint,
  secretlint,
  complexity,
  oxlint,
  astGrep,
  clones,
]

/** Names of analyzers, the one that knows most about what it finds first. */
export const SPECIFIC_FIRST: readonly string[] = [
  secretlint,
  astGrep,
  typescript,
  oxlint,
  eslint,
  complexity,
  clones,
].map(({ name }) => name)
