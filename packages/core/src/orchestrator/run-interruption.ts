/**
 * Thrown through a run that stops here without having ended: the process shuts down, or another node owns the run now.
 * Never recorded; the run goes on where its owner picks it up.
 */
export class RunInterruption extends Error {
  constructor(reason: 'shutdown' | 'superseded') {
    super(reason === 'shutdown' ? 'the process is shutting down' : 'another node took this run over')
    this.name = 'RunInterruption'
  }
}
