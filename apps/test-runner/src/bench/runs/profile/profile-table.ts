import type { RunProfile } from './profile-runs.ts'

/** Less of a run is not worth a line. */
const MIN_SHARE = 0.01

/** The parts of a run's time as a markdown table, the largest first. */
export function toProfileTable({ name, parts }: RunProfile): string {
  const all = Object.values(parts).reduce((sum, ms) => sum + ms, 0)
  const shown = Object.entries(parts).filter(([, ms]) => ms / all >= MIN_SHARE)
  const rest = all - shown.reduce((sum, [, ms]) => sum + ms, 0)
  const row = (part: string, ms: number) => `| ${part} | ${ms.toFixed(2)} | ${((ms / all) * 100).toFixed(0)} % |`
  return [
    `| The server's main thread, ${name} | ms a run | share |`,
    '|---|---|---|',
    ...shown.map(([part, ms]) => row(part, ms)),
    row('everything else', rest),
    row('together', all),
  ].join('\n')
}
