/** The part of a task that scripts look at; the service sends it as JSON between `<task>` tags. */
export interface SeenTask {
  readonly agent: string
  readonly prompt: string
  readonly files: readonly string[]
  readonly failure?: { readonly round: number; readonly failedTests: readonly { readonly name: string }[] }
}

/** Reads the task out of a request's messages; null for a request that is not from an agent. */
export function taskOf(messages: readonly { readonly role: string; readonly content?: unknown }[]): SeenTask | null {
  for (const message of messages) {
    const text = typeof message.content === 'string' ? message.content : JSON.stringify(message.content ?? '')
    const plain = typeof message.content === 'string' ? text : unescapeParts(message.content)
    const start = plain.indexOf('<task>')
    const end = plain.indexOf('</task>', start)
    if (start < 0 || end < 0) continue
    return JSON.parse(plain.slice(start + '<task>'.length, end)) as SeenTask // written by the service under test
  }
  return null
}

/** Some providers send content as a list of parts. */
function unescapeParts(content: unknown): string {
  if (!Array.isArray(content)) return ''
  return content
    .map((part: unknown) => (typeof part === 'object' && part !== null && 'text' in part ? String(part.text) : ''))
    .join('')
}
