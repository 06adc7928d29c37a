/** What a client asked for with `Prefer`. */
export interface Preferences {
  readonly respondAsync: boolean
  /** Seconds to wait for the end before answering 202. */
  readonly waitS: number | undefined
}

/**
 * Reads a `Prefer` header; preferences that are unknown or make no sense are ignored, as the RFC demands. Of several
 * with one name the first counts.
 * @see https://www.rfc-editor.org/rfc/rfc7240 Prefer Header for HTTP
 */
export function parsePrefer(header: string | readonly string[] | undefined): Preferences {
  const preferences = new Map<string, string>()
  for (const preference of [header ?? ''].flat().join(',').split(',')) {
    const [withoutParameters = ''] = preference.split(';', 1)
    const [name = '', value = ''] = withoutParameters.split('=', 2).map((part) => part.trim())
    const key = name.toLowerCase()
    if (key !== '' && !preferences.has(key)) preferences.set(key, value.replaceAll('"', ''))
  }
  const wait = preferences.get('wait') ?? ''
  return { respondAsync: preferences.has('respond-async'), waitS: /^\d{1,9}$/.test(wait) ? Number(wait) : undefined }
}
