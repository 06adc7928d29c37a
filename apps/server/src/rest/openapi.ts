import {
  ARTIFACT_SCHEMAS,
  agentInfo,
  health,
  modelInfo,
  orchestrateRequest,
  problem,
  requestOptions,
  run,
  runError,
  runMetadata,
  runPage,
  runResult,
  runStep,
  runSummary,
  session,
  stats,
  toWireSchema,
  usage,
  verification,
  workflowInfo,
} from '@codex/protocol'
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'

/** Schemas that the document names once and refers to. */
const COMPONENTS = {
  OrchestrateRequest: orchestrateRequest,
  RequestOptions: requestOptions,
  Run: run,
  RunResult: runResult,
  RunMetadata: runMetadata,
  RunStep: runStep,
  RunError: runError,
  RunSummary: runSummary,
  RunPage: runPage,
  Usage: usage,
  Verification: verification,
  SpecArtifact: ARTIFACT_SCHEMAS.spec,
  ChangesArtifact: ARTIFACT_SCHEMAS.changes,
  TestsArtifact: ARTIFACT_SCHEMAS.tests,
  ReviewArtifact: ARTIFACT_SCHEMAS.review,
  DiagnosisArtifact: ARTIFACT_SCHEMAS.diagnosis,
  Agent: agentInfo,
  Workflow: workflowInfo,
  Model: modelInfo,
  Stats: stats,
  Health: health,
  Session: session,
} as const

/**
 * Serves `/openapi.json`, made from the schemas of the routes. Register before the routes.
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export async function registerOpenapi(app: FastifyInstance, { version }: { readonly version: string }): Promise<void> {
  const schemaRegistry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(COMPONENTS)) schemaRegistry.add(toWireSchema(schema), { id })
  schemaRegistry.add(problem, { id: 'Problem' })
  const transform = createJsonSchemaTransform({ schemaRegistry })

  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Codex Orchestrator',
        version,
        description: 'One typed request in, a reviewed and tested change out.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      tags: [
        { name: 'runs', description: 'Start, watch and read runs' },
        { name: 'sessions', description: 'Lines of work' },
        { name: 'catalog', description: 'What this server can do' },
        { name: 'system', description: 'State of the server' },
      ],
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer' },
          apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        },
      },
      security: [{ bearer: [] }, { apiKey: [] }, {}],
    },
    transform: (document) => {
      const transformed = transform(document)
      return { ...transformed, url: transformed.url.replace('/*', '/:path') }
    },
    transformObject: createJsonSchemaTransformObject({ schemaRegistry }),
  })

  let rendered: string | undefined
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    rendered ??= JSON.stringify(app.swagger())
    return reply.type('application/json').send(rendered)
  })
}
