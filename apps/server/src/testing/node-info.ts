import type { NodeInfo } from '@codex/protocol'

/** The only node of the scripted house. */
export const NODE: NodeInfo = {
  id: 'node-1',
  role: 'all',
  version: '1.2.3',
  formats: ['1'],
  host: 'here',
  pid: 7,
  startedAt: new Date(0),
  maxConcurrentRuns: 10,
  executing: 2,
}
