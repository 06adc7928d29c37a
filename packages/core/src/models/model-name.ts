import { CodexError } from '@codex/protocol'
import type { ModelSettings } from './model-settings.ts'
import type { ModelProvider } from './provider.ts'
import { settingsOf } from './provider-access.ts'

/** What the service learnt at start about default models: by provider id, without the prefix. */
export type DefaultModels = ReadonlyMap<string, string>

export interface ModelNameContext {
  readonly providers: readonly ModelProvider[]
  readonly settings: ModelSettings
  readonly defaults: DefaultModels
}

/**
 * Turns a model's name as a person writes it into `provider:model`. Accepted are the full id, a provider alone (its
 * default model), and a bare model name that only one vendor uses, such as `claude-…`.
 * @param name as written
 * @param source where it was written, such as `CODEX_MODEL`; stands in messages
 * @throws CodexError INVALID_REQUEST when no such provider exists or its key is missing
 */
export function toModelId(name: string, source: string, context: ModelNameContext): string {
  const { provider, model } = splitModelName(name.trim(), source, context)
  const missing = provider.missing(settingsOf(provider, context.settings))
  if (missing !== null) {
    throw new CodexError(
      'INVALID_REQUEST',
      `${source} names the model "${name}", but ${provider.title} cannot be used. ${missing}.`,
      { issues: [{ path: source, message: missing }] },
    )
  }
  return `${provider.id}:${model}`
}

function splitModelName(name: string, source: string, context: ModelNameContext) {
  const { providers, defaults } = context
  const named = providers.find((provider) => name === provider.id || name.startsWith(`${provider.id}:`))
  if (named !== undefined) {
    const model = name.slice(named.id.length + 1) || defaults.get(named.id) || named.defaultModel
    if (model) return { provider: named, model }
    throw invalidName(source, `"${name}" names no model and ${named.title} reports none; write ${named.id}:<model>`)
  }
  const owner = providers.find((provider) => provider.ownNames?.test(name))
  if (owner !== undefined) return { provider: owner, model: name }
  const known = providers.map((provider) => provider.id).join(', ')
  throw invalidName(source, `"${name}" is not a known model; write <provider>:<model> with one of ${known}`)
}

function invalidName(source: string, message: string): CodexError {
  return new CodexError('INVALID_REQUEST', `${source}: ${message}.`, { issues: [{ path: source, message }] })
}
