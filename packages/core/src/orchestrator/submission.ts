export interface SubmitOptions {
  /** Same key and same request: the same run. 1..255 printable characters. */
  readonly idempotencyKey?: string | undefined
  /** Fingerprint of the API key that asks; null or absent on a server without keys. Keys of one caller are its own. */
  readonly principal?: string | null | undefined
}

export interface SubmitResult {
  readonly requestId: string
  /** False when the idempotency key found an earlier run. */
  readonly created: boolean
}
