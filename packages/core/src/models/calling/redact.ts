/** Shapes of credentials that vendors echo in their messages, whole or masked, and what stands there instead. */
const CREDENTIALS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b(?:sk|pk|rk|gsk|xai|hf|AIza)[-_A-Za-z0-9*]{8,}/g, '[key]'],
  [
    /\b(bearer|api[-_ ]?key|x-goog-api-key|x-api-key)(["']?\s*[:=]\s*["']?|\s+)(?=[-_.A-Za-z0-9*]*[0-9*])[-_.A-Za-z0-9*]{8,}/gi,
    '$1$2[key]',
  ],
  [/([?&](?:key|api_key|token)=)[^&\s"']+/gi, '$1[key]'],
  [/\/\/[^/\s:@]+:[^/\s@]+@/g, '//[key]@'],
]

/** Longest text of a provider that a message repeats. */
const MAX_CHARACTERS = 300

/**
 * Makes text from outside fit for messages and logs: no credentials, no prompt, no more than a few lines.
 * @param text what a provider or library said
 * @param secrets values that must never appear, such as the configured keys
 * @param prompts what was sent; a vendor may quote it in its complaint
 */
export function redact(text: string, secrets: readonly string[], prompts: readonly string[] = []): string {
  let clean = text
  for (const secret of secrets) {
    if (secret.length > 0) clean = clean.replaceAll(secret, '[key]')
  }
  for (const prompt of prompts) {
    if (prompt.length >= 16) clean = clean.replaceAll(prompt, '[prompt]')
  }
  for (const [pattern, replacement] of CREDENTIALS) clean = clean.replaceAll(pattern, replacement)
  return clean.length > MAX_CHARACTERS ? `${clean.slice(0, MAX_CHARACTERS)}…` : clean
}
