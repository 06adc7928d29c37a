import { z } from 'zod'
import type { ReadReport } from '../runners/test-runner.ts'
import { readSealed } from './sealed-report.ts'

const sealedOutput = z.object({
  /** What the command printed. */
  output: z.string(),
  /** Contents of files that it made, by name. */
  files: z.record(z.string(), z.string()),
})
export type SealedOutput = z.infer<typeof sealedOutput>

/**
 * Reads the sealed output of a command.
 * @returns null when there is none
 * @throws ForgedReportError when the seal is missing or wrong
 */
export async function readSealedOutput(read: ReadReport, key: string): Promise<SealedOutput | null> {
  const text = await readSealed(read, key)
  return text === null ? null : sealedOutput.parse(JSON.parse(text))
}
