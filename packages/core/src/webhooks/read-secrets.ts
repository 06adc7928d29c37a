const PREFIX = 'whsec_'
const MIN_BYTES = 24
const MAX_BYTES = 64
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * Reads signing secrets as Standard Webhooks writes them, separated by commas.
 * @returns the keys, or what is wrong with the text (without the text)
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function readSecrets(text: string): { readonly secrets: readonly Buffer[] } | { readonly problem: string } {
  const secrets: Buffer[] = []
  const entries = text.split(',').map((entry) => entry.trim())
  for (const [index, entry] of entries.filter((found) => found !== '').entries()) {
    const encoded = entry.slice(PREFIX.length)
    const key = Buffer.from(encoded, 'base64')
    if (!entry.startsWith(PREFIX) || !BASE64.test(encoded) || key.length < MIN_BYTES || key.length > MAX_BYTES) {
      return {
        problem:
          `secret ${index + 1} must be "${PREFIX}" and the base64 of ${MIN_BYTES} to ${MAX_BYTES} random bytes: ` +
          `echo "${PREFIX}$(openssl rand -base64 32)"`,
      }
    }
    secrets.push(key)
  }
  return { secrets }
}
