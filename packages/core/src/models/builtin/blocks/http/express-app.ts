import type { HttpPlan, Resource, Route } from '../../plan/project-plan.ts'
import type { SourceModule } from '../../render/source-module.ts'
import { indent, quote } from '../../render/text.ts'
import { appImports, errorNames, resourceConstants } from './app-parts.ts'
import { canRefuse, readsBodies } from './route-facts.ts'

function handler(route: Route): string {
  switch (route.kind) {
    case 'message':
      return route.format === 'json'
        ? `response.json({ message: ${quote(route.message)} });`
        : `response.type('text/plain').send(${quote(route.message)});`
    case 'health':
      return `response.json({ status: 'ok' });`
    case 'time':
      return 'response.json({ time: new Date().toISOString() });'
    case 'greeting':
      return 'response.json({ message: greet(request.query.name) });'
    case 'echo':
      return 'response.json(jsonBody(request));'
  }
}

function simpleRoute(route: Route): string {
  const method = route.kind === 'echo' ? 'post' : 'get'
  const request = route.kind === 'echo' || route.kind === 'greeting' ? 'request' : '_request'
  return `app.${method}(${quote(route.path)}, (${request}, response) => {\n  ${handler(route)}\n});`
}

function resourceRoutes({ plural, path }: Resource): string {
  return `app.get('/${path}', (request, response) => {
  response.json(${plural}.list(request.query));
});
app.get('/${path}/:id', (request, response) => {
  response.json(${plural}.get(request.params.id));
});
app.post('/${path}', (request, response) => {
  const created = ${plural}.create(jsonBody(request));
  response.status(201).location(\`/${path}/\${created.id}\`).json(created);
});
app.put('/${path}/:id', (request, response) => {
  response.json(${plural}.replace(request.params.id, jsonBody(request)));
});
app.patch('/${path}/:id', (request, response) => {
  response.json(${plural}.update(request.params.id, jsonBody(request)));
});
app.delete('/${path}/:id', (request, response) => {
  ${plural}.remove(request.params.id);
  response.status(204).end();
});`
}

const ERROR_HANDLER = `// Express knows an error handler by its four parameters.
app.use((error«: unknown», _request«: Request», response«: Response», _next«: NextFunction») => {
  const { status, body } = toErrorAnswer(error, console.error);
  response.status(status).json(body);
});`

const JSON_BODY = `
/** The parsed body of a JSON request. */
function jsonBody(request«: Request»)«: unknown» {
  if (!request.is('application/json')) throw new HttpError(415, 'Content-Type must be application/json');
  return request.body;
}`

/** `src/app` for Express 5. */
export function expressApp(http: HttpPlan): SourceModule {
  const refuses = canRefuse(http)
  const bodies = readsBodies(http)
  const types = ['Express', ...(refuses ? ['NextFunction', 'Request', 'Response'] : [])]
  const setUp = [
    'const app = express();',
    "app.disable('x-powered-by');",
    ...(bodies ? ["app.use(express.json({ limit: '100kb' }));"] : []),
    ...resourceConstants(http),
  ]
  const blocks = [
    setUp.join('\n'),
    ...http.routes.map(simpleRoute),
    ...http.resources.map(resourceRoutes),
    `app.use((request, response) => {
  response.status(404).json({ error: \`No route for \${request.method} \${request.path}\` });
});`,
    ...(refuses ? [ERROR_HANDLER] : []),
    'return app;',
  ]
  return {
    imports: [{ from: 'express', default: 'express', types }, ...appImports(http, refuses ? errorNames(http) : [])],
    body: `
/** Builds the application without listening, so that tests can start it on any port. */
export function createApp()«: Express» {
${indent(blocks.join('\n\n'))}
}
${bodies ? JSON_BODY : ''}`,
  }
}
