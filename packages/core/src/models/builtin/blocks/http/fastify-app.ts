import type { HttpPlan, Resource, Route } from '../../plan/project-plan.ts'
import type { SourceModule } from '../../render/source-module.ts'
import { indent, quote } from '../../render/text.ts'
import { appImports, errorNames, resourceConstants } from './app-parts.ts'
import { canRefuse, hasRoute, readsBodies } from './route-facts.ts'

function simpleRoute(route: Route): string {
  const path = quote(route.path)
  switch (route.kind) {
    case 'message':
      return route.format === 'json'
        ? `app.get(${path}, async () => ({ message: ${quote(route.message)} }));`
        : `app.get(${path}, async (_request, reply) => reply.type('text/plain; charset=utf-8').send(${quote(route.message)}));`
    case 'health':
      return `app.get(${path}, async () => ({ status: 'ok' }));`
    case 'time':
      return `app.get(${path}, async () => ({ time: new Date().toISOString() }));`
    case 'greeting':
      return `app.get«<{ Querystring: Query }>»(${path}, async (request) => ({ message: greet(request.query.name) }));`
    case 'echo':
      return `app.post(${path}, async (request, reply) => reply.send(jsonBody(request)));`
  }
}

function resourceRoutes({ plural, path }: Resource): string {
  return `app.get«<{ Querystring: Query }>»('/${path}', async (request) => ${plural}.list(request.query));
app.get«<{ Params: Id }>»('/${path}/:id', async (request) => ${plural}.get(request.params.id));
app.post('/${path}', async (request, reply) => {
  const created = ${plural}.create(jsonBody(request));
  return reply.code(201).header('location', \`/${path}/\${created.id}\`).send(created);
});
app.put«<{ Params: Id }>»('/${path}/:id', async (request) =>
  ${plural}.replace(request.params.id, jsonBody(request)),
);
app.patch«<{ Params: Id }>»('/${path}/:id', async (request) =>
  ${plural}.update(request.params.id, jsonBody(request)),
);
app.delete«<{ Params: Id }>»('/${path}/:id', async (request, reply) => {
  ${plural}.remove(request.params.id);
  return reply.code(204).send();
});`
}

const JSON_BODY = `
/** The parsed body of a JSON request. */
function jsonBody(request«: FastifyRequest<RouteGenericInterface>»)«: unknown» {
  if (request.body === undefined) throw new HttpError(415, 'Content-Type must be application/json');
  return request.body;
}`

function setUp(http: HttpPlan): string {
  const bodies = readsBodies(http)
  return [
    bodies ? 'const app = Fastify({ bodyLimit: 100 * 1024 });' : 'const app = Fastify();',
    // Fastify would otherwise take text bodies as well.
    ...(bodies ? ["app.removeContentTypeParser('text/plain');"] : []),
    ...resourceConstants(http),
  ].join('\n')
}

/** `src/app` for Fastify 5. */
export function fastifyApp(http: HttpPlan): SourceModule {
  const refuses = canRefuse(http)
  const bodies = readsBodies(http)
  const resources = http.resources.length > 0
  const blocks = [
    setUp(http),
    `app.setNotFoundHandler((request, reply) => {
  reply.code(404).send({ error: \`No route for \${request.method} \${request.url}\` });
});`,
    ...(refuses
      ? [
          `app.setErrorHandler((error, _request, reply) => {
  const { status, body } = toErrorAnswer(error, console.error);
  reply.code(status).send(body);
});`,
        ]
      : []),
    http.routes.map(simpleRoute).join('\n'),
    ...http.resources.map(resourceRoutes),
    'return app;',
  ]
  const types = ['FastifyInstance', ...(bodies ? ['FastifyRequest', 'RouteGenericInterface'] : [])]
  const interfaces = [
    ...(resources ? ['«interface Id {\n  id: string;\n}»\n'] : []),
    ...(resources || hasRoute(http, 'greeting') ? ['«type Query = Record<string, unknown>;»\n'] : []),
  ]
  return {
    imports: [{ from: 'fastify', default: 'Fastify', types }, ...appImports(http, refuses ? errorNames(http) : [])],
    body: `
${interfaces.join('\n')}
/** Builds the application without listening, so that tests can start it on any port. */
export function createApp()«: FastifyInstance» {
${indent(blocks.join('\n\n'))}
}
${bodies ? JSON_BODY : ''}`,
  }
}
