/** One tool call that the model wants made. */
export interface WantedCall {
  readonly name: string
  readonly input: Readonly<Record<string, unknown>>
}

/** What the model answers: a JSON value as text, or tool calls. */
export type BuiltinReply =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'calls'; readonly calls: readonly WantedCall[] }

export function answerJson(value: unknown): BuiltinReply {
  return { kind: 'json', value }
}

export function callTools(calls: readonly WantedCall[]): BuiltinReply {
  return { kind: 'calls', calls }
}
