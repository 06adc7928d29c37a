import type { HttpPlan, Route } from '../../plan/project-plan.ts'
import { quote } from '../../render/text.ts'
import type { TestDialect } from '../../testing/test-dialect.ts'
import type { TestCase, TestFile, TestSuite } from '../../testing/test-file.ts'
import { routeKey } from './http-requirements.ts'
import { hasRoute, readsBodies } from './route-facts.ts'

function routeCases(route: Route, { equal, ok, match }: TestDialect): TestCase[] {
  const requirement = routeKey(route)
  const call = `const response = await fetch(\`\${server.url}${route.path}\`);`
  switch (route.kind) {
    case 'message': {
      const json = route.format === 'json'
      return [
        {
          name: 'answers with its message',
          requirement,
          body: `
${call}
${equal('response.status', '200')}
${match("String(response.headers.get('content-type'))", json ? '/^application\\/json/' : '/^text\\/plain/')}
${json ? equal('await response.json()', `{ message: ${quote(route.message)} }`) : equal('await response.text()', quote(route.message))}`,
        },
        {
          name: 'answers HEAD like GET, without a body',
          requirement,
          body: `
const response = await fetch(\`\${server.url}${route.path}\`, { method: 'HEAD' });
${equal('response.status', '200')}
${equal('await response.text()', "''")}`,
        },
      ]
    }
    case 'health':
      return [
        {
          name: 'says that the server lives',
          requirement,
          body: `
${call}
${equal('response.status', '200')}
${equal('await response.json()', "{ status: 'ok' }")}`,
        },
      ]
    case 'time':
      return [
        {
          name: 'tells the current time in UTC',
          requirement,
          body: `
const before = Date.now();
${call}
${equal('response.status', '200')}
const { time } = await response.json()« as { time: string }»;
${equal('new Date(time).toISOString()', 'time')}
${ok('Date.parse(time) >= before && Date.parse(time) <= Date.now()')}`,
        },
      ]
    case 'greeting':
      return [
        {
          name: 'greets by name',
          requirement,
          body: `
const response = await fetch(\`\${server.url}${route.path}?name=Ada\`);
${equal('response.status', '200')}
${equal('await response.json()', "{ message: 'Hello, Ada!' }")}`,
        },
        {
          name: 'greets the world without a name',
          requirement,
          body: `
${call}
${equal('response.status', '200')}
${equal('await response.json()', "{ message: 'Hello, world!' }")}`,
        },
        {
          name: 'refuses a name that is too long',
          requirement,
          body: `
const response = await fetch(\`\${server.url}${route.path}?name=\${'x'.repeat(101)}\`);
${equal('response.status', '400')}
${equal('await response.json()', "{ error: 'name must be one text of at most 100 characters' }")}`,
        },
      ]
    case 'echo':
      return [
        {
          name: 'sends the body back',
          requirement,
          body: `
const body = { text: 'grüße', list: [1, 2, { deep: true }] };
const response = await fetch(\`\${server.url}${route.path}\`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
${equal('response.status', '200')}
${equal('await response.json()', 'body')}`,
        },
      ]
  }
}

function bodySuite(path: string, { equal }: TestDialect): TestSuite {
  const requirement = 'bodies'
  const post = (type: string, body: string): string => `const response = await fetch(\`\${server.url}${path}\`, {
  method: 'POST',
  headers: { 'content-type': '${type}' },
  body: ${body},
});`
  return {
    title: 'request bodies',
    cases: [
      {
        name: 'of another content type are answered 415',
        requirement,
        body: `${post('text/plain', "'hello'")}\n${equal('response.status', '415')}`,
      },
      {
        name: 'that are missing are answered 415',
        requirement,
        body: `const response = await fetch(\`\${server.url}${path}\`, { method: 'POST' });\n${equal('response.status', '415')}`,
      },
      {
        name: 'of malformed JSON are answered 400',
        requirement,
        body: `${post('application/json', "'{'")}\n${equal('response.status', '400')}`,
      },
      {
        name: 'over the limit are answered 413',
        requirement,
        body: `${post('application/json', "JSON.stringify({ text: 'x'.repeat(100 * 1024) })")}\n${equal('response.status', '413')}`,
      },
    ],
  }
}

/** Tests of the simple routes, the body limits and the answer to unknown routes, over HTTP. */
export function appTests(http: HttpPlan, dialect: TestDialect): TestFile {
  const { equal } = dialect
  const echo = http.routes.find((route) => route.kind === 'echo')?.path
  const resource = http.resources[0]
  const bodyPath = echo ?? (resource === undefined ? undefined : `/${resource.path}`)
  const suites: TestSuite[] = http.routes.map((route) => ({
    title: routeKey(route),
    cases: routeCases(route, dialect),
  }))
  if (readsBodies(http) && bodyPath !== undefined) suites.push(bodySuite(bodyPath, dialect))
  suites.push({
    title: 'unknown routes',
    cases: [
      {
        name: 'are answered 404 with a JSON error',
        requirement: 'not-found',
        body: `
const response = await fetch(\`\${server.url}/no-such-route\`);
${equal('response.status', '404')}
${equal('await response.json()', "{ error: 'No route for GET /no-such-route' }")}`,
      },
      {
        name: 'are answered 404 for other methods, too',
        requirement: 'not-found',
        body: `
const response = await fetch(\`\${server.url}/\`, { method: 'DELETE' });
${equal('response.status', '404')}`,
      },
    ],
  })
  return {
    path: 'test/app.test',
    kind: 'integration',
    reason: 'Proves the routes over HTTP on a free port',
    imports: [{ from: '../src/server', names: ['startServer'], types: ['RunningServer'] }],
    setup: 'let server«: RunningServer»;',
    beforeAll: "server = await startServer({ port: 0, host: '127.0.0.1' });",
    afterAll: 'await server.close();',
    suites,
  }
}

/** Tests of how errors become answers. */
export function errorTests(http: HttpPlan, { equal }: TestDialect): TestFile {
  const requirement = readsBodies(http)
    ? 'bodies'
    : (http.routes.filter((route) => route.kind === 'greeting').map(routeKey)[0] ?? 'not-found')
  return {
    path: 'test/errors.test',
    kind: 'unit',
    reason: 'Proves that only client errors show their message',
    imports: [{ from: '../src/errors', names: ['HttpError', 'toErrorAnswer'] }],
    suites: [
      {
        title: 'toErrorAnswer',
        cases: [
          {
            name: 'shows the message of a client error and does not report it',
            requirement,
            body: `
const reported«: unknown[]» = [];
const answer = toErrorAnswer(new HttpError(409, 'Taken'), (error) => reported.push(error));
${equal('answer', "{ status: 409, body: { error: 'Taken' } }")}
${equal('reported', '[]')}`,
          },
          {
            name: 'hides any other error and reports it',
            requirement,
            body: `
const reported«: unknown[]» = [];
for (const error of [new Error('secret'), 'secret', null]) {
  const answer = toErrorAnswer(error, (one) => reported.push(one));
  ${equal('answer', "{ status: 500, body: { error: 'Internal server error' } }")}
}
${equal('reported.length', '3')}`,
          },
        ],
      },
    ],
  }
}

/** Tests of the greeting's text. */
export function greetingTests(http: HttpPlan, { equal, throws }: TestDialect): TestFile | null {
  if (!hasRoute(http, 'greeting')) return null
  const requirement = http.routes.filter((route) => route.kind === 'greeting').map(routeKey)[0] ?? ''
  return {
    path: 'test/greeting.test',
    kind: 'unit',
    reason: 'Proves the limits of the greeting',
    imports: [
      { from: '../src/errors', names: ['HttpError'] },
      { from: '../src/greeting', names: ['greet'] },
    ],
    suites: [
      {
        title: 'greet',
        cases: [
          { name: 'takes an empty name for none', requirement, body: equal("greet('')", "'Hello, world!'") },
          { name: 'takes names up to the limit', requirement, body: equal("greet('x'.repeat(100)).length", '108') },
          { name: 'refuses a repeated name', requirement, body: throws("greet(['Ada', 'Alan'])", 'HttpError') },
        ],
      },
    ],
  }
}
