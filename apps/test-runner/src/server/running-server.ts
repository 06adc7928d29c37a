/** A server that scenarios talk to. */
export interface RunningServer {
  readonly url: string
  /** Ends it the way an operator does (SIGTERM) and waits until it is gone; resolves with its exit code. */
  stop(): Promise<number | null>
  /** Ends it without any warning (SIGKILL), and everything of it stays as it was. */
  kill(): Promise<void>
  /** Stops it in the middle of what it does (SIGSTOP), without its sandboxes, until `thaw`. */
  freeze(): void
  /** Lets it go on (SIGCONT) as if no time had passed. */
  thaw(): void
  /** Starts it again on the same data, after `stop` or `kill`; the port stays the same. */
  restart(): Promise<void>
  /** What it wrote to stdout and stderr so far. */
  output(): string
  readonly pid: number | undefined
  readonly dataDir: string
}
