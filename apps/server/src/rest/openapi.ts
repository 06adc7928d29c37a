import { toWireSchema } from '@codex/protocol'
import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema } from 'fastify'
import { z } from 'zod'
import { COMPONENTS } from './components.ts'
import { createJsonSchemaWriter, type JsonSchema, type JsonSchemaWriter } from './json-schema.ts'

/**
 * Serves `/openapi.json`, made from the schemas of the routes. Register before the routes.
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export async function registerOpenapi(app: FastifyInstance, { version }: { readonly version: string }): Promise<void> {
  const writer = createJsonSchemaWriter(
    new Map(Object.entries(COMPONENTS).map(([name, schema]) => [toWireSchema(schema), name])),
  )
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
      // the empty one: a server without keys asks for none
      security: [{ bearer: [] }, { apiKey: [] }, {}],
    },
    transform: ({ schema, url }) => ({ schema: describeRoute(schema, writer), url: url.replace('/*', '/:path') }),
  })

  let rendered: string | undefined
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    rendered ??= renderDocument(app, writer)
    return reply.type('application/json').send(rendered)
  })
}

/** Routes come first: writing them is what tells which components there are. */
function renderDocument(app: FastifyInstance, writer: JsonSchemaWriter): string {
  const document = app.swagger()
  const components = 'components' in document && isRecord(document.components) ? document.components : {}
  return JSON.stringify({ ...document, components: { ...components, schemas: writer.components() } })
}

/** Replaces the schemas of a route, wherever Fastify has them, by JSON Schema. */
function describeRoute(route: FastifySchema | undefined, writer: JsonSchemaWriter): FastifySchema {
  if (route === undefined) return { hide: true }
  const described: Record<string, unknown> = { ...route }
  for (const part of ['body', 'querystring', 'headers', 'params'] as const) {
    const schema = route[part]
    if (schema instanceof z.core.$ZodType) described[part] = withPathName(writer.write(schema))
  }
  if (isRecord(route.response)) {
    described['response'] = Object.fromEntries(
      Object.entries(route.response).map(([status, response]) => [status, describeResponse(response, writer)]),
    )
  }
  return described
}

function describeResponse(response: unknown, writer: JsonSchemaWriter): unknown {
  if (response instanceof z.core.$ZodType) {
    return { type: 'null', description: z.globalRegistry.get(response)?.description ?? '' }
  }
  if (!isRecord(response) || !isRecord(response['content'])) return response
  const content = Object.entries(response['content']).map(([type, media]) => [
    type,
    isRecord(media) && media['schema'] instanceof z.core.$ZodType ? { schema: writer.write(media['schema']) } : media,
  ])
  return { ...response, content: Object.fromEntries(content) }
}

/** Fastify calls the rest of a path `*`; in the document it has a name. */
function withPathName(schema: JsonSchema): JsonSchema {
  const { '*': path, ...properties } = schema.properties ?? {}
  if (path === undefined) return schema
  return {
    ...schema,
    properties: { ...properties, path },
    required: (schema.required ?? []).map((name) => (name === '*' ? 'path' : name)),
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
