import { styleText } from 'node:util'
import type { StartReport } from '@codex/core'

export interface BannerOptions {
  readonly url: string
  readonly version: string
  readonly report: StartReport
  /** Number of API keys; without any the server listens on loopback only. */
  readonly apiKeys: number
  readonly hasColor: boolean
}

const LABEL_WIDTH = 10

/** What an operator wants to know after the start: where, with what, why, and what is missing. */
export function renderBanner({ url, version, report, apiKeys, hasColor }: BannerOptions): string {
  const paint = (style: 'bold' | 'dim' | 'yellow', text: string): string =>
    hasColor ? styleText(style, text, { validateStream: false }) : text
  const row = (label: string, text: string): string => `  ${paint('dim', label.padEnd(LABEL_WIDTH))}${text}`
  const { database, model, sandbox, missing, notes } = report
  return [
    `${paint('bold', `Codex Orchestrator ${version}`)} is ready on ${paint('bold', url)}`,
    row('docs', `${url}/docs`),
    row('data', report.dataDir),
    row('database', `${database.kind === 'embedded' ? 'embedded' : 'external'} (${database.detail})`),
    row('model', `${model.modelId} (${model.reason})`),
    row('models', describeModels(report)),
    row('sandbox', describeSandbox(sandbox)),
    row('access', apiKeys === 0 ? 'this machine only, no API key' : `${apiKeys} API key${apiKeys === 1 ? '' : 's'}`),
    ...notes.map((note) => row('note', note)),
    ...missing.map(({ what, remedy }) => `  ${paint('yellow', 'missing')}   ${what}\n${row('', `-> ${remedy}`)}`),
    '',
  ].join('\n')
}

function describeModels({ models }: StartReport): string {
  const usable = models.filter((model) => model.available)
  if (usable.length === 0) return 'none found'
  return usable.map((model) => `${model.id} (${model.source})`).join(', ')
}

function describeSandbox({ driver, available, isolated, reason }: StartReport['sandbox']): string {
  if (!available) return `none${reason === null ? '' : ` (${reason})`}`
  return isolated ? driver : `${driver}, not isolated: generated code runs with the rights of this process`
}
