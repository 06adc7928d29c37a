/** One request to the model server. */
export interface ModelRequestRecord {
  /** Order of arrival, from 1. The reply's usage says so many output tokens, so that the ledger's row tells which it is. */
  readonly number: number
  /** Key of the workload's run that asked. */
  readonly run: string
  readonly node: string
  readonly place: string
  /** Digest of everything that was asked. */
  readonly asked: string
  /** Milliseconds since 1970. */
  readonly askedAt: number
  /** HTTP status of the answer; 0 until it is known. */
  status: number
  /** When the last byte of the answer was handed to the system; null when the connection broke before. */
  deliveredAt: number | null
}

/** Input tokens of every reply; the output tokens are the reply's number. */
export const INPUT_TOKENS = 100
