const REDACTED = '[redacted]'

/** Shapes of secrets of services that this one talks to; each keeps what comes before the secret. */
const SECRET_SHAPES: readonly RegExp[] = [
  /(\bbearer\s+)[\w.~+/=-]{8,}/gi,
  /(\b)(?:sk|pk|rk)-[\w-]{16,}/g,
  /(\b)AIza[\w-]{30,}/g,
  /(\b)gh[pousr]_\w{20,}/g,
  /(\b)github_pat_\w{20,}/g,
  /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"\\]*:)[^\s/@"\\]+(?=@)/gi,
  /("?(?:authorization|x-api-key|cookie|set-cookie|password|api_?key|secret)"?\s*[:=]\s*"?)(?!\[redacted\])[^\s",}\\]{4,}/gi,
]

/** Shorter values are too likely to be ordinary words. */
const MIN_SECRET_LENGTH = 6

/**
 * Makes a function that replaces secrets in text.
 * @param secrets exact values to be replaced wherever they occur, such as the configured API keys
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const exact = secrets.filter((secret) => secret.length >= MIN_SECRET_LENGTH)
  return (text) => {
    let redacted = text
    for (const secret of exact) redacted = redacted.replaceAll(secret, REDACTED)
    for (const shape of SECRET_SHAPES) redacted = redacted.replaceAll(shape, `$1${REDACTED}`)
    return redacted
  }
}
