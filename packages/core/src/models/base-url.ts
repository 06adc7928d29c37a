/**
 * Normalises a service's address: no trailing slash, and the version segment that a client library expects is added
 * where the vendor's own convention leaves it out.
 * @param baseUrl as the operator wrote it
 * @param version segment such as `v1`
 * @param always add the segment also behind another path, as Anthropic's SDKs do
 */
export function withApiVersion(baseUrl: string, version: string, always = false): string {
  const trimmed = baseUrl.replace(/\/+$/, '')
  if (/\/v\d+[a-z]*$/.test(trimmed)) return trimmed
  const hasPath = /^[a-z]+:\/\/[^/]+\/./i.test(trimmed)
  return hasPath && !always ? trimmed : `${trimmed}/${version}`
}
