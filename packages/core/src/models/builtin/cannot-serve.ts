import { CodexError } from '@codex/protocol'

/** What the offline model can do, in the words used by its refusals and by the documentation. */
const BUILTIN_ABILITIES = [
  'an HTTP server (routes with a fixed message or JSON, /health, /time, greeting by ?name=, echo of a JSON body)',
  'a REST CRUD API with an in-memory store for named resources with typed fields (string, number, integer, boolean, email, date, enum)',
  'a command-line tool out of known commands (word count, JSON formatting, CSV to JSON, slugify, base64, hash, UUID, temperature, case conversion)',
  'a library of well-known pure functions (slugify, chunk, groupBy, isPrime, levenshtein, …)',
] as const

const REMEDY =
  'For anything else configure a model: set OPENAI_API_KEY, ANTHROPIC_API_KEY, GOOGLE_GENERATIVE_AI_API_KEY or GEMINI_API_KEY, ' +
  'or OPENAI_BASE_URL for a compatible server such as Ollama, and optionally CODEX_MODEL=provider:model.'

/**
 * Makes the error that ends a request which the offline model cannot do in full.
 * @param reason what stands in the way, a whole sentence
 * @param understood what was recognised in the request, short phrases
 */
export function cannotServe(reason: string, understood: readonly string[] = []): CodexError {
  const read = understood.length > 0 ? ` Understood: ${understood.join('; ')}.` : ''
  return new CodexError(
    'MODEL_CANNOT_SERVE',
    `The offline model builtin:composer cannot serve this request. ${reason}${read} It composes, in JavaScript or ` +
      `TypeScript, with node:http, express, fastify or hono, tested with node:test, vitest or jest: ` +
      `${BUILTIN_ABILITIES.join('; ')}. It also reviews JavaScript and TypeScript by rules and reads logs. ${REMEDY}`,
    { data: { reason, understood: [...understood] } },
  )
}
