import { router } from '../trpc.ts'
import { archiveSession } from './archive.ts'
import { createSession } from './create.ts'
import { getSession } from './get.ts'
import { listSessions } from './list.ts'
import { listSessionRuns } from './runs.ts'
import { updateSession } from './update.ts'

export const sessionsRouter = router({
  create: createSession,
  get: getSession,
  list: listSessions,
  runs: listSessionRuns,
  update: updateSession,
  archive: archiveSession,
})
