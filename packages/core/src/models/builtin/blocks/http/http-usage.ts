import type { HttpPlan, Route } from '../../plan/project-plan.ts'
import { routeMethod } from './route-facts.ts'

function describe(route: Route): string {
  switch (route.kind) {
    case 'message':
      return route.format === 'json' ? `JSON with the message "${route.message}"` : `the text "${route.message}"`
    case 'health':
      return 'whether the server lives'
    case 'time':
      return 'the current time (ISO 8601, UTC)'
    case 'greeting':
      return 'a greeting; `?name=` says whom to greet'
    case 'echo':
      return 'the JSON body that was sent'
  }
}

/** The README's part about starting and calling the server. */
export function httpUsage(http: HttpPlan): string {
  const rows = [
    ...http.routes.map((route) => `| ${routeMethod(route)} | \`${route.path}\` | ${describe(route)} |`),
    ...http.resources.flatMap(({ path }) => [
      `| GET | \`/${path}\` | a page of the list; \`limit\` (1 to 100), \`offset\`, and any field as a filter |`,
      `| GET | \`/${path}/:id\` | one item |`,
      `| POST | \`/${path}\` | creates an item |`,
      `| PUT | \`/${path}/:id\` | replaces an item |`,
      `| PATCH | \`/${path}/:id\` | changes single fields |`,
      `| DELETE | \`/${path}/:id\` | removes an item |`,
    ]),
  ]
  const fields = http.resources.map((resource) => {
    const list = resource.fields.map((field) => {
      const type = field.type === 'enum' ? `one of ${field.values.join(', ')}` : field.type
      return `- \`${field.name}\`: ${type}, ${field.required ? 'required' : 'optional'}`
    })
    return `### Fields of ${resource.path}\n\n${list.join('\n')}`
  })
  const memory = http.resources.length > 0 ? ['Items live in memory and are gone when the process ends.'] : []
  return [
    '## Run',
    '```sh\nnpm install\nnpm start\n```',
    `The server listens on \`http://127.0.0.1:${http.port}\`. Set \`PORT\` for another port and \`HOST\` for another address. It stops gracefully on SIGINT and SIGTERM.`,
    '## Routes',
    `| Method | Path | Answer |\n| --- | --- | --- |\n${rows.join('\n')}`,
    'Errors are JSON: `{ "error": "…" }`, with `details` where single fields are wrong.'.replace(
      http.resources.length > 0 ? '' : ', with `details` where single fields are wrong',
      '',
    ),
    ...memory,
    ...fields,
  ].join('\n\n')
}
