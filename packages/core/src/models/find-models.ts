import type { ModelSettings } from './model-settings.ts'
import type { ModelListing, ModelProvider } from './provider.ts'
import { settingsOf } from './provider-access.ts'

/** A guess must not delay the start; an address that the operator gave is worth waiting for. */
const GUESS_LIMIT_MS = 300
const CONFIGURED_LIMIT_MS = 2_000

/** Names of models by provider id, of the servers that answered. */
export type FoundModels = ReadonlyMap<string, readonly string[]>

/**
 * Asks local model servers, and a configured server whose default model is unknown, for their models; all at once.
 * @param fetch without retries or limits of its own
 */
export async function findModels(
  providers: readonly ModelProvider[],
  settings: ModelSettings,
  fetch: typeof globalThis.fetch,
): Promise<FoundModels> {
  const found = await Promise.all(
    providers.map(async (provider): Promise<[string, readonly string[]] | null> => {
      const own = settingsOf(provider, settings)
      const listing = provider.listing(own)
      if (listing === null) return null
      const limitMs = own.baseUrl === undefined ? GUESS_LIMIT_MS : CONFIGURED_LIMIT_MS
      const names = await askForModels(listing, fetch, limitMs)
      return names === null || names.length === 0 ? null : [provider.id, names]
    }),
  )
  return new Map(found.filter((entry) => entry !== null))
}

async function askForModels(listing: ModelListing, fetch: typeof globalThis.fetch, limitMs: number) {
  try {
    const response = await fetch(listing.url, {
      headers: { accept: 'application/json', ...listing.headers },
      redirect: 'error',
      signal: AbortSignal.timeout(limitMs),
    })
    if (response.ok) return listing.readNames(await response.json())
    await response.body?.cancel()
    return null
  } catch {
    // Nobody listens there, or it is not a model server: exactly what the question was for.
    return null
  }
}
