import { router } from '../trpc.ts'
import { archiveSession } from './archive.ts'
import { createSession } from './create.ts'
import { getSession } from './get.ts'
import { listSessions } from './list.ts'

export const sessionsRouter = router({
  create: createSession,
  get: getSession,
  list: listSessions,
  archive: archiveSession,
})
