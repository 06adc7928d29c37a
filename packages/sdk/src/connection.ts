import type { AppRouter } from '@codex/api'
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink, type TRPCClient } from '@trpc/client'
import { EventSource } from 'eventsource'
import superjson from 'superjson'
import { createCheckedFetch } from './checked-fetch.ts'
import type { Settings } from './codex-options.ts'
import { readStreamRefusal } from './stream-refusal.ts'

/** What a subscription hands to its link beside the input. */
export interface OperationNotes extends Record<string, unknown> {
  /** Told why an event stream could not be opened; EventSource itself only says that it could not. */
  readonly onRefused?: (reason: unknown) => void
}

/** The service as tRPC sees it, with the settings that rule how it is called. */
export interface Connection {
  readonly trpc: TRPCClient<AppRouter>
  readonly settings: Settings
}

/** Opens nothing yet: each call is its own HTTP request. */
export function createConnection(settings: Settings): Connection {
  const url = `${settings.url}/trpc`
  const checkedFetch = createCheckedFetch(settings)
  const headers: Record<string, string> =
    settings.apiKey === undefined ? {} : { authorization: `Bearer ${settings.apiKey}` }
  const trpc = createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({
          url,
          transformer: superjson,
          // built on fetch: unlike a browser's own EventSource it sends the Authorization header
          EventSource,
          eventSourceOptions: ({ op }) => ({
            fetch: async (input, init) => {
              const notes: OperationNotes = op.context
              try {
                const response = await checkedFetch(input, {
                  ...init,
                  headers: { ...init.headers, ...headers },
                } as RequestInit) // the ponyfill's own name for the same thing
                if (!response.ok) notes.onRefused?.(await readStreamRefusal(response.clone(), settings.url))
                return response
              } catch (error) {
                notes.onRefused?.(error)
                throw error
              }
            },
          }),
        }),
        false: httpLink({
          url,
          transformer: superjson,
          fetch: (input, init) => checkedFetch(input, init as RequestInit), // tRPC's own name for the same thing
          headers,
        }),
      }),
    ],
  })
  return { trpc, settings }
}
