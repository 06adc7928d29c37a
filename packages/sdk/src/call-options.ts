/** Options of every call. */
export interface CallOptions {
  /** Aborting rejects with the signal's reason, as `fetch` does. It ends the waiting, never the run itself. */
  readonly signal?: AbortSignal | undefined
}

/** Options of calls that start a run. */
export interface StartOptions extends CallOptions {
  /**
   * Same key and same input: the same run. Default: a fresh key per call, which makes the SDK's own repetitions safe.
   * Give one of your own to make a repetition by your program safe as well. 1..255 printable characters.
   */
  readonly idempotencyKey?: string | undefined
}

/** Options of event streams. */
export interface WatchOptions extends CallOptions {
  /** Only events with a greater `seq`; default 0, from the start. */
  readonly after?: number | undefined
}
