import { router } from '../trpc.ts'
import { createSchedule } from './create.ts'
import { getSchedule } from './get.ts'
import { listSchedules } from './list.ts'
import { pauseSchedule } from './pause.ts'
import { removeSchedule } from './remove.ts'
import { resumeSchedule } from './resume.ts'
import { triggerSchedule } from './trigger.ts'

export const schedulesRouter = router({
  create: createSchedule,
  get: getSchedule,
  list: listSchedules,
  pause: pauseSchedule,
  resume: resumeSchedule,
  remove: removeSchedule,
  trigger: triggerSchedule,
})
