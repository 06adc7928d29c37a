export interface ReceivedEvent {
  readonly id: string
  readonly event: string
  readonly data: { readonly seq: number; readonly type: string; readonly run_id: string }
}

/** Reads server-sent events from a response as they come; comments are left out. */
export async function* readEvents(response: Response): AsyncGenerator<ReceivedEvent, void, undefined> {
  if (response.body === null) return
  let buffer = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    buffer += chunk
    const blocks = buffer.split('\n\n')
    buffer = blocks.pop() ?? ''
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.split(': ', 1)[0] ?? '', line.slice(line.indexOf(': ') + 2)]),
      )
      const data = fields.get('data')
      if (data === undefined) continue
      yield { id: fields.get('id') ?? '', event: fields.get('event') ?? '', data: JSON.parse(data) }
    }
  }
}

/** Reads a stream to its end. */
export async function readAllEvents(response: Response): Promise<ReceivedEvent[]> {
  const events: ReceivedEvent[] = []
  for await (const event of readEvents(response)) events.push(event)
  return events
}
