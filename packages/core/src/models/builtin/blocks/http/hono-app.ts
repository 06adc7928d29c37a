import type { HttpPlan, Resource, Route } from '../../plan/project-plan.ts'
import type { SourceImport, SourceModule } from '../../render/source-module.ts'
import { indent, quote } from '../../render/text.ts'
import { appImports, errorNames, resourceConstants } from './app-parts.ts'
import { canRefuse, readsBodies } from './route-facts.ts'

function simpleRoute(route: Route): string {
  const path = quote(route.path)
  switch (route.kind) {
    case 'message':
      return route.format === 'json'
        ? `app.get(${path}, (context) => context.json({ message: ${quote(route.message)} }));`
        : `app.get(${path}, (context) => context.text(${quote(route.message)}));`
    case 'health':
      return `app.get(${path}, (context) => context.json({ status: 'ok' }));`
    case 'time':
      return `app.get(${path}, (context) => context.json({ time: new Date().toISOString() }));`
    case 'greeting':
      return `app.get(${path}, (context) => context.json({ message: greet(context.req.query('name')) }));`
    case 'echo':
      return `app.post(${path}, async (context) => context.json(«(»await jsonBody(context)« as object)»));`
  }
}

function resourceRoutes({ plural, path }: Resource): string {
  return `app.get('/${path}', (context) => context.json(${plural}.list(context.req.query())));
app.get('/${path}/:id', (context) => context.json(${plural}.get(context.req.param('id'))));
app.post('/${path}', async (context) => {
  const created = ${plural}.create(await jsonBody(context));
  context.header('location', \`/${path}/\${created.id}\`);
  return context.json(created, 201);
});
app.put('/${path}/:id', async (context) =>
  context.json(${plural}.replace(context.req.param('id'), await jsonBody(context))),
);
app.patch('/${path}/:id', async (context) =>
  context.json(${plural}.update(context.req.param('id'), await jsonBody(context))),
);
app.delete('/${path}/:id', (context) => {
  ${plural}.remove(context.req.param('id'));
  return context.body(null, 204);
});`
}

const JSON_BODY = `
/** The parsed body of a JSON request. */
async function jsonBody(context«: Context»)«: Promise<unknown>» {
  const type = context.req.header('content-type')?.split(';', 1)[0];
  if (type !== 'application/json') throw new HttpError(415, 'Content-Type must be application/json');
  try {
    return await context.req.json();
  } catch {
    // Whatever the parser says, to the client it means this.
    throw new HttpError(400, 'Body is not valid JSON');
  }
}`

const BODY_LIMIT = `const limitBody = bodyLimit({
  maxSize: 100 * 1024,
  onError: () => {
    throw new HttpError(413, 'Body is too large');
  },
});`

/** `src/app` for Hono 4. */
export function honoApp(http: HttpPlan): SourceModule {
  const refuses = canRefuse(http)
  const bodies = readsBodies(http)
  const setUp = ['const app = new Hono();', ...(bodies ? ['app.use(limitBody);'] : []), ...resourceConstants(http)]
  const blocks = [
    setUp.join('\n'),
    `app.notFound((context) =>
  context.json({ error: \`No route for \${context.req.method} \${context.req.path}\` }, 404),
);`,
    ...(refuses
      ? [
          `app.onError((error, context) => {
  const { status, body } = toErrorAnswer(error, console.error);
  return context.json(body, status« as ContentfulStatusCode»);
});`,
        ]
      : []),
    http.routes.map(simpleRoute).join('\n'),
    ...http.resources.map(resourceRoutes),
    'return app;',
  ]
  const imports: SourceImport[] = [
    { from: 'hono', names: ['Hono'], types: bodies ? ['Context'] : [] },
    ...(bodies ? [{ from: 'hono/body-limit', names: ['bodyLimit'] }] : []),
    ...(refuses ? [{ from: 'hono/utils/http-status', types: ['ContentfulStatusCode'] }] : []),
    ...appImports(http, refuses ? errorNames(http) : []),
  ]
  return {
    imports,
    body: `
${bodies ? `${BODY_LIMIT}\n` : ''}
/** Builds the application without listening, so that tests can start it on any port. */
export function createApp()«: Hono» {
${indent(blocks.join('\n\n'))}
}
${bodies ? JSON_BODY : ''}`,
  }
}
