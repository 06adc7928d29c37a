import type { HttpPlan, Resource, Route } from '../../plan/project-plan.ts'
import type { SourceImport, SourceModule } from '../../render/source-module.ts'
import { indent, quote } from '../../render/text.ts'
import { appImports, resourceConstants } from './app-parts.ts'
import { canRefuse, hasRoute, readsBodies } from './route-facts.ts'

function row(method: string, path: string, handler: string): string {
  return `{ method: '${method}', path: ${quote(path)}, handle: ${handler} },`
}

function simpleRoute(route: Route): string {
  switch (route.kind) {
    case 'message':
      return row(
        'GET',
        route.path,
        route.format === 'json'
          ? `() => ({ status: 200, body: { message: ${quote(route.message)} } })`
          : `() => ({ status: 200, text: ${quote(route.message)} })`,
      )
    case 'health':
      return row('GET', route.path, "() => ({ status: 200, body: { status: 'ok' } })")
    case 'time':
      return row('GET', route.path, '() => ({ status: 200, body: { time: new Date().toISOString() } })')
    case 'greeting':
      return row('GET', route.path, '({ query }) => ({ status: 200, body: { message: greet(query.name) } })')
    case 'echo':
      return row('POST', route.path, 'async ({ request }) => ({ status: 200, body: await readJson(request) })')
  }
}

function resourceRoutes({ plural, path }: Resource): string {
  const at = (method: string, suffix: string, handler: string): string =>
    `{\n  method: '${method}',\n  path: '/${path}${suffix}',\n${indent(`handle: ${handler},`)}\n},`
  return [
    at('GET', '', `({ query }) => ({ status: 200, body: ${plural}.list(query) })`),
    at('GET', '/:id', `({ id }) => ({ status: 200, body: ${plural}.get(id) })`),
    at(
      'POST',
      '',
      `async ({ request }) => {
  const created = ${plural}.create(await readJson(request));
  return { status: 201, headers: { location: \`/${path}/\${created.id}\` }, body: created };
}`,
    ),
    at(
      'PUT',
      '/:id',
      `async ({ id, request }) => ({ status: 200, body: ${plural}.replace(id, await readJson(request)) })`,
    ),
    at(
      'PATCH',
      '/:id',
      `async ({ id, request }) => ({ status: 200, body: ${plural}.update(id, await readJson(request)) })`,
    ),
    at('DELETE', '/:id', `({ id }) => {\n  ${plural}.remove(id);\n  return { status: 204 };\n}`),
  ].join('\n')
}

function handling(http: HttpPlan): string {
  const resources = http.resources.length > 0
  const input = [
    ...(resources ? ['id'] : []),
    ...(resources || hasRoute(http, 'greeting') ? ['query: Object.fromEntries(new URLSearchParams(search))'] : []),
    ...(readsBodies(http) ? ['request'] : []),
  ]
  const found = resources
    ? `const { route, id } = findRoute(routes, method, path);
  if (route === undefined)`
    : `const route = routes.find((one) => one.method === method && one.path === path);
  if (route === undefined)`
  const search = resources || hasRoute(http, 'greeting') ? ', search' : ''
  return `const [path = '/'${search}] = (request.url« ?? '/'»).split('?', 2);
  // A HEAD request is a GET whose body Node leaves out.
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  ${found} return { status: 404, body: { error: \`No route for \${request.method} \${path}\` } };
  return route.handle(${input.length > 0 ? `{ ${input.join(', ')} }` : ''});`
}

const FIND_ROUTE = `
/** Finds the route of a request; the last segment of a path that ends in "/:id" is the id. */
function findRoute(routes«: Route[]», method«: string | undefined», path«: string») {
  const slash = path.lastIndexOf('/');
  const candidates = [path, \`\${path.slice(0, slash)}/:id\`];
  const route = routes.find((one) => one.method === method && candidates.includes(one.path));
  return { route, id: path.slice(slash + 1) };
}
`

function sending(http: HttpPlan): string {
  const text = http.routes.some((route) => route.kind === 'message' && route.format === 'text')
  const headers = http.resources.length > 0
  const names = ['status', 'body', ...(text ? ['text'] : []), ...(headers ? ['headers'] : [])]
  const spread = headers ? ', ...headers' : ''
  const content = text
    ? `  const type = text === undefined ? 'application/json' : 'text/plain';
  const content = text ?? JSON.stringify(body);`
    : '  const content = JSON.stringify(body);'
  const empty = headers
    ? `  if (status === 204) {
    response.writeHead(status).end();
    return;
  }
`
    : ''
  const type = text ? `\`\${type}; charset=utf-8\`` : "'application/json; charset=utf-8'"
  return `
function send(response«: ServerResponse», { ${names.join(', ')} }«: Answer»)«: void» {
${empty}${content}
  const length = Buffer.byteLength(content);
  response.writeHead(status, { 'content-type': ${type}, 'content-length': length${spread} });
  response.end(content);
}
`
}

function interfaces(http: HttpPlan): string {
  const text = http.routes.some((route) => route.kind === 'message' && route.format === 'text')
  const resources = http.resources.length > 0
  const query = resources || hasRoute(http, 'greeting')
  const input = [
    ...(resources ? ['id: string;'] : []),
    ...(query ? ['query: Record<string, string>;'] : []),
    ...(readsBodies(http) ? ['request: IncomingMessage;'] : []),
  ]
  const answer = [
    'status: number;',
    'body?: unknown;',
    ...(text ? ['text?: string;'] : []),
    ...(resources ? ['headers?: Record<string, string>;'] : []),
  ]
  return `
«interface Answer {
${indent(answer.join('\n'))}
}»

${input.length > 0 ? `«interface Input {\n${indent(input.join('\n'))}\n}»\n\n` : ''}«interface Route {
  method: string;
  path: string;
  handle: (${input.length > 0 ? 'input: Input' : ''}) => Answer | Promise<Answer>;
}»
`
}

/** `src/app` for plain node:http. */
export function nodeApp(http: HttpPlan): SourceModule {
  const refuses = canRefuse(http)
  const resources = http.resources.length > 0
  const table = `const routes«: Route[]» = [\n${indent([...http.routes.map(simpleRoute), ...http.resources.map(resourceRoutes)].join('\n'))}\n];`
  const answer = refuses
    ? `void answer(routes, request)
  .catch((error) => toErrorAnswer(error, console.error))
  .then((result) => send(response, result));`
    : 'void answer(request).then((result) => send(response, result));'
  const imports: SourceImport[] = [
    { from: 'node:http', types: ['IncomingMessage', 'RequestListener', 'ServerResponse'] },
    ...appImports(http, refuses ? ['toErrorAnswer'] : []),
    ...(readsBodies(http) ? [{ from: './json-body', names: ['readJson'] }] : []),
  ]
  const parameters = refuses ? 'routes«: Route[]», request«: IncomingMessage»' : 'request«: IncomingMessage»'
  const inside = [...resourceConstants(http), table].join('\n')
  return {
    imports,
    body: `
${interfaces(http)}
${refuses ? '' : `${table}\n`}
/** Builds the request listener without listening, so that tests can start it on any port. */
export function createApp()«: RequestListener» {
${refuses ? `${indent(inside)}\n` : ''}  return (request, response) => {
${indent(indent(answer))}
  };
}

async function answer(${parameters})«: Promise<Answer>» {
  ${handling(http)}
}
${resources ? FIND_ROUTE : ''}${sending(http)}`,
  }
}

/** `src/json-body`: reads a request body up to a limit. */
export const jsonBodyModule: SourceModule = {
  imports: [
    { from: 'node:http', types: ['IncomingMessage'] },
    { from: './errors', names: ['HttpError'] },
  ],
  body: `
const MAX_BODY_BYTES = 100 * 1024;

/**
 * Reads and parses a JSON body.
 * @throws HttpError 415 without a JSON content type, 413 over the limit, 400 when it is not JSON
 */
export async function readJson(request«: IncomingMessage»)«: Promise<unknown>» {
  const type = request.headers['content-type']?.split(';', 1)[0];
  if (type !== 'application/json') throw new HttpError(415, 'Content-Type must be application/json');
  const chunks«: Buffer[]» = [];
  let size = 0;
  // The socket must survive a body that is too large, or the client never reads the answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new HttpError(413, 'Body is too large');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    // Whatever the parser says, to the client it means this.
    throw new HttpError(400, 'Body is not valid JSON');
  }
}
`,
}
