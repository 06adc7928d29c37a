import {
  type CreateScheduleInput,
  createRunResult,
  createScheduleInput,
  fromWire,
  schedule,
  scheduleIdInput,
  toWire,
  toWireSchema,
} from '@codex/protocol'
import { z } from 'zod'
import { jsonResponse, problemResponse } from './responses.ts'
import type { RestOptions } from './rest-options.ts'
import type { RestApp } from './type-provider.ts'

const scheduleList = z.object({ schedules: z.array(schedule) })
const tags = ['schedules']
const one = { 200: jsonResponse(schedule, 'The schedule'), default: problemResponse }

/** Requests that are submitted again and again by the clock. */
export function registerSchedules(app: RestApp, { callerFor }: RestOptions): void {
  app.get(
    '/api/schedules',
    {
      schema: {
        tags,
        operationId: 'listSchedules',
        summary: 'Schedules, newest first',
        response: { 200: jsonResponse(scheduleList, 'The schedules'), default: problemResponse },
      },
    },
    async (request) => toWire(scheduleList, { schedules: await callerFor(request).schedules.list() }),
  )

  app.post(
    '/api/schedules',
    {
      schema: {
        tags,
        operationId: 'createSchedule',
        summary: 'Submit a request again and again by the clock',
        body: toWireSchema(createScheduleInput),
        response: { 201: jsonResponse(schedule, 'The schedule'), default: problemResponse },
      },
    },
    async (request, reply) => {
      // the body has passed the REST form of this schema, and the procedure validates it once more
      const input = fromWire(createScheduleInput, request.body) as CreateScheduleInput
      const created = await callerFor(request).schedules.create(input)
      return reply.code(201).header('location', `/api/schedules/${created.id}`).send(toWire(schedule, created))
    },
  )

  app.get(
    '/api/schedules/:id',
    { schema: { tags, operationId: 'getSchedule', summary: 'One schedule', params: scheduleIdInput, response: one } },
    async (request) => toWire(schedule, await callerFor(request).schedules.get(request.params)),
  )

  app.delete(
    '/api/schedules/:id',
    {
      schema: {
        tags,
        operationId: 'removeSchedule',
        summary: 'Remove a schedule; its runs stay',
        params: scheduleIdInput,
        response: { 204: { description: 'It is gone' }, default: problemResponse },
      },
    },
    async (request, reply) => {
      await callerFor(request).schedules.remove(request.params)
      return reply.code(204).send()
    },
  )

  app.post(
    '/api/schedules/:id/pause',
    {
      schema: {
        tags,
        operationId: 'pauseSchedule',
        summary: 'Stop a schedule until it is resumed',
        params: scheduleIdInput,
        response: one,
      },
    },
    async (request) => toWire(schedule, await callerFor(request).schedules.pause(request.params)),
  )

  app.post(
    '/api/schedules/:id/resume',
    {
      schema: {
        tags,
        operationId: 'resumeSchedule',
        summary: 'Let a paused schedule submit again',
        params: scheduleIdInput,
        response: one,
      },
    },
    async (request) => toWire(schedule, await callerFor(request).schedules.resume(request.params)),
  )

  app.post(
    '/api/schedules/:id/trigger',
    {
      schema: {
        tags,
        operationId: 'triggerSchedule',
        summary: 'Submit the request of a schedule now',
        params: scheduleIdInput,
        response: { 202: jsonResponse(createRunResult, 'The run; `Location` tells where'), default: problemResponse },
      },
    },
    async (request, reply) => {
      const result = await callerFor(request).schedules.trigger(request.params)
      return reply
        .code(202)
        .header('location', `/api/orchestrate/${result.requestId}`)
        .send(toWire(createRunResult, result))
    },
  )
}
