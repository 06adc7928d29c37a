import { agentInfo, doctorReport, modelInfo, nodeList, stats, toWire, workflowInfo } from '@codex/protocol'
import { z } from 'zod'
import { jsonResponse, problemResponse } from './responses.ts'
import type { RestOptions } from './rest-options.ts'
import type { RestApp } from './type-provider.ts'

const agentList = z.object({ agents: z.array(agentInfo) })
const workflowList = z.object({ workflows: z.array(workflowInfo) })
const modelList = z.object({ models: z.array(modelInfo) })

/** What this server can do, and how busy it is. */
export function registerCatalog(app: RestApp, { callerFor }: RestOptions): void {
  app.get(
    '/api/agents',
    {
      schema: {
        tags: ['catalog'],
        operationId: 'listAgents',
        summary: 'Agents that requests can name',
        response: { 200: jsonResponse(agentList, 'The agents'), default: problemResponse },
      },
    },
    async (request) => toWire(agentList, { agents: await callerFor(request).agents.list() }),
  )

  app.get(
    '/api/workflows',
    {
      schema: {
        tags: ['catalog'],
        operationId: 'listWorkflows',
        summary: 'Named workflows',
        response: { 200: jsonResponse(workflowList, 'The workflows'), default: problemResponse },
      },
    },
    async (request) => toWire(workflowList, { workflows: await callerFor(request).workflows.list() }),
  )

  app.get(
    '/api/models',
    {
      schema: {
        tags: ['catalog'],
        operationId: 'listModels',
        summary: 'Models that are usable now',
        response: { 200: jsonResponse(modelList, 'The models'), default: problemResponse },
      },
    },
    async (request) => toWire(modelList, { models: await callerFor(request).models.list() }),
  )

  app.get(
    '/api/stats',
    {
      schema: {
        tags: ['system'],
        operationId: 'getStats',
        summary: 'Runs, sessions, usage and limits',
        response: { 200: jsonResponse(stats, 'The figures'), default: problemResponse },
      },
    },
    async (request) => toWire(stats, await callerFor(request).system.stats()),
  )

  app.get(
    '/api/nodes',
    {
      schema: {
        tags: ['system'],
        operationId: 'listNodes',
        summary: 'Living processes of the service: role, version, formats, places and what they execute',
        response: { 200: jsonResponse(nodeList, 'The nodes, the oldest first'), default: problemResponse },
      },
    },
    async (request) => toWire(nodeList, { nodes: await callerFor(request).system.nodes() }),
  )

  app.get(
    '/api/doctor',
    {
      schema: {
        tags: ['system'],
        operationId: 'getDoctor',
        summary: 'What keeps the service, or runs in it, from going on, and what to do about it',
        response: { 200: jsonResponse(doctorReport, 'What was found'), default: problemResponse },
      },
    },
    async (request) => toWire(doctorReport, await callerFor(request).system.doctor()),
  )
}
