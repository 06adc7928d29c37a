import { NO_USAGE, type Run } from '@codex/protocol'

/** A run that goes on and has made nothing yet. */
export function newRun(requestId: string): Run {
  return {
    requestId,
    status: 'running',
    result: { output: null, patch: '', verification: null, steps: [] },
    metadata: {
      startTime: new Date(),
      endTime: null,
      durationMs: 0,
      agentSequence: ['Spec', 'Code'],
      success: false,
      successRate: 0,
      usage: NO_USAGE,
      costUsd: null,
      warnings: [],
      sessionId: null,
      workflow: null,
      verified: false,
      labels: {},
    },
  }
}
