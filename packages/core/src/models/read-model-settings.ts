import type { ModelSettings, ProviderSettings } from './model-settings.ts'
import { PROVIDERS } from './providers/index.ts'

/**
 * Picks the settings of models out of environment variables; which ones a provider reads stands in its own file, so
 * that adding a provider needs no line here.
 * @param variables such as the process's environment; empty values count as unset
 */
export function readModelSettings(variables: Readonly<Record<string, string | undefined>>): ModelSettings {
  const read = (name: string) => variables[name]?.trim() || undefined
  const readFirst = (names: readonly string[]) => names.map(read).find((value) => value !== undefined)
  const agentModels: Record<string, string> = {}
  for (const name of Object.keys(variables)) {
    const agent = /^CODEX_(\w+)_AGENT_MODEL$/.exec(name)?.[1]
    const model = read(name)
    if (agent !== undefined && model !== undefined) agentModels[agent.toLowerCase()] = model
  }
  const providers: Record<string, ProviderSettings> = {}
  for (const { settingsKey, variables: names } of PROVIDERS) {
    providers[settingsKey] = {
      apiKey: readFirst(names.apiKey),
      baseUrl: readFirst(names.baseUrl),
      model: readFirst(names.model),
    }
  }
  return {
    model: read('CODEX_MODEL'),
    fallbackModel: read('CODEX_FALLBACK_MODEL'),
    agentModels,
    providers,
    usesProxy: read('NODE_USE_ENV_PROXY') === '1',
    stream: !/^(off|false|no|0)$/i.test(read('CODEX_MODEL_STREAM') ?? ''),
  }
}
