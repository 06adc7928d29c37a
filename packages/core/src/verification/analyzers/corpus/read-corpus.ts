import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SEVERITIES } from '@codex/protocol'
import { z } from 'zod'

const manifestSchema = z.object({
  files: z.array(
    z.object({
      path: z.string(),
      language: z.enum(['javascript', 'typescript', 'python']),
      /** `held_out`: written after the rules were finished, which were not changed for it. */
      part: z.enum(['known', 'held_out']),
      /** Empty for files in which nothing may be found. */
      defects: z.array(
        z.object({
          line: z.number().int().positive(),
          /** `logic`: nothing but understanding the purpose shows it; counted all the same. */
          kind: z.enum(['security', 'secrets', 'correctness', 'type', 'maintainability', 'logic']),
          /** CWE, or what a rule would be called. */
          rule: z.string(),
          severity: z.enum(SEVERITIES),
          what: z.string(),
        }),
      ),
    }),
  ),
})

export type CorpusFile = z.infer<typeof manifestSchema>['files'][number]
export type PlantedDefect = CorpusFile['defects'][number]

/** A corpus: what was planted, and the files that it was planted in by path. */
export interface Corpus {
  readonly files: readonly CorpusFile[]
  readonly sources: Readonly<Record<string, string>>
}

/** Reads `manifest.json` of a folder and the files that it names. The files themselves hold no hints. */
export async function readCorpus(folder: string): Promise<Corpus> {
  const { files } = manifestSchema.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')))
  const sources: Record<string, string> = {}
  for (const { path } of files) sources[path] = await readFile(join(folder, path), 'utf8')
  return { files, sources }
}
