const REASONS = {
  shutdown: 'the process is shutting down',
  superseded: 'another node took this run over, or may have',
  unrecorded: 'the database did not take what happened; the run is taken up again from its rows',
} as const

/**
 * Thrown through a run that stops here without having ended: the process shuts down, another node owns the run now, or
 * the database is away. Never recorded; the run goes on where its owner picks it up.
 */
export class RunInterruption extends Error {
  readonly reason: keyof typeof REASONS

  constructor(reason: keyof typeof REASONS, options?: ErrorOptions) {
    super(REASONS[reason], options)
    this.name = 'RunInterruption'
    this.reason = reason
  }
}
