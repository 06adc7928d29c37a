import type { DrivenRun } from '../workload/drive-run.ts'
import type { AuditedEvent, AuditInput } from './audit-input.ts'

export const RUN = '01a00000-0000-7000-8000-000000000001'

const event = (seq: number, type: string, more: Partial<AuditedEvent> = {}): AuditedEvent => ({
  runId: RUN,
  seq,
  type,
  stepId: null,
  attempt: null,
  at: 1_000 + seq,
  data: {},
  ...more,
})
const STEP = { stepId: 'code', attempt: 1 }

/** What is left after one run that was taken over once and in which everything is right. */
export function soundInput(): AuditInput {
  return {
    driven: [soundDriven()],
    runs: [
      {
        id: RUN,
        key: 'a',
        status: 'completed',
        waitingFor: null,
        epoch: 2,
        lastSeq: 9,
        patch: '+once',
        error: null,
        isTold: true,
      },
    ],
    steps: [{ runId: RUN, id: 'code', status: 'completed', totalTokens: 101 }],
    events: [
      event(1, 'run.queued'),
      event(2, 'run.started'),
      event(3, 'step.started', STEP),
      event(4, 'run.recovered'),
      event(5, 'model.called', STEP),
      event(6, 'artifact.created', { ...STEP, data: { kind: 'changes' } }),
      event(7, 'workspace.committed', { ...STEP, data: { tree: 't' } }),
      event(8, 'step.completed', STEP),
      event(9, 'run.completed'),
    ],
    calls: [
      {
        runId: RUN,
        stepId: 'code',
        attempt: 1,
        n: 0,
        kind: 'model',
        recordedAt: 2_000,
        totalTokens: 101,
        outputTokens: 1,
      },
    ],
    cancelAsked: [],
    engine: [{ runId: RUN, status: 'SUCCESS' }],
    reservations: [],
    journal: [request(1, 1_500)],
    deliveries: [{ id: 'msg_9', runId: RUN, seq: 9, status: 'delivered' }],
    messages: [{ id: 'msg_9', runId: RUN, type: 'run.completed', status: 204, problem: null }],
    views: [{ node: 'node-1', statuses: new Map([[RUN, 'completed']]) }],
    evidence: [{ runId: RUN, problem: null }],
    folders: [],
    processes: [],
    crashes: [],
    missedBoundaries: [],
    faultsLeft: 0,
  }
}

export function soundDriven(): DrivenRun {
  return {
    key: 'a',
    kind: 'short',
    runIds: new Set([RUN]),
    watched: [1, 2, 3, 4, 5, 6, 7, 8, 9],
    isCancelAsked: false,
    expects: 'completed',
    end: 'run.completed',
    connections: 2,
    linesOnce: ['+once'],
    behind: null,
    problem: null,
  }
}

export function request(number: number, askedAt: number): AuditInput['journal'][number] {
  const deliveredAt = askedAt + 10
  return { number, run: 'a', node: 'node-1', place: 'Code 0', asked: 'digest', askedAt, status: 200, deliveredAt }
}
