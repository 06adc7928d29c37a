/**
 * Takes user names and passwords out of the URLs in a text, for messages that people and logs get to see.
 *
 * @param secrets values to remove wherever they occur
 */
export function redactCredentials(text: string, secrets: readonly string[] = []): string {
  const withoutUserInfo = text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/\s'"@]+@/gi, '$1***@')
  return secrets
    .filter((secret) => secret !== '')
    .reduce((result, secret) => result.replaceAll(secret, '***'), withoutUserInfo)
}
