import { router } from '../trpc.ts'
import { cancelRun } from './cancel.ts'
import { createRun } from './create.ts'
import { listEvents } from './events.ts'
import { getEvidence } from './evidence.ts'
import { getFile } from './file.ts'
import { forkRun } from './fork.ts'
import { getRun } from './get.ts'
import { listRuns } from './list.ts'
import { getPatch } from './patch.ts'
import { redeliverWebhook } from './redeliver-webhook.ts'
import { removeRun } from './remove.ts'
import { resumeRun } from './resume.ts'
import { retryRun } from './retry.ts'
import { watchRun } from './watch.ts'
import { listWebhooks } from './webhooks.ts'

export const runsRouter = router({
  create: createRun,
  get: getRun,
  list: listRuns,
  events: listEvents,
  watch: watchRun,
  cancel: cancelRun,
  resume: resumeRun,
  retry: retryRun,
  fork: forkRun,
  patch: getPatch,
  file: getFile,
  evidence: getEvidence,
  webhooks: listWebhooks,
  redeliverWebhook,
  remove: removeRun,
})
