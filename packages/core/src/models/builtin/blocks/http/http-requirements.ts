import type { HttpPlan, Route } from '../../plan/project-plan.ts'
import type { PlannedRequirement } from '../../render/composed-project.ts'
import { resourceRequirements } from '../crud/crud-requirements.ts'
import { readsBodies, routeMethod } from './route-facts.ts'

/** Key of the requirement that a route fulfils. */
export function routeKey(route: Route): string {
  return `${routeMethod(route)} ${route.path}`
}

const CLIENT = 'a client of the server'

function routeRequirement(route: Route): PlannedRequirement {
  const call = routeKey(route)
  const base = { key: call, priority: 'must' as const }
  switch (route.kind) {
    case 'message': {
      const shown = route.format === 'json' ? `the JSON {"message": "${route.message}"}` : `the text "${route.message}"`
      return {
        ...base,
        text: `${call} answers 200 with ${shown}.`,
        story: { asA: CLIENT, iWant: `to call ${call}`, soThat: 'I get its message' },
        criteria: [
          { given: 'a running server', when: `${call} is called`, outcome: `the answer is 200 with ${shown}` },
        ],
      }
    }
    case 'health':
      return {
        ...base,
        text: `${call} answers 200 with the JSON {"status": "ok"}.`,
        story: { asA: 'an operator', iWant: 'a health endpoint', soThat: 'a supervisor can see that the server lives' },
        criteria: [
          { given: 'a running server', when: `${call} is called`, outcome: 'the answer is 200 with status ok' },
        ],
      }
    case 'time':
      return {
        ...base,
        text: `${call} answers 200 with the current time in ISO 8601 as JSON {"time": …}.`,
        story: { asA: CLIENT, iWant: 'the current time', soThat: 'I can compare clocks' },
        criteria: [
          { given: 'a running server', when: `${call} is called`, outcome: 'time is the current time in UTC' },
        ],
      }
    case 'greeting':
      return {
        ...base,
        text: `${call}?name=Ada answers 200 with the JSON {"message": "Hello, Ada!"}; a repeated or longer name than 100 characters is answered 400.`,
        story: { asA: CLIENT, iWant: 'to be greeted by name', soThat: 'the answer is personal' },
        criteria: [
          { given: 'a name', when: `${call}?name=Ada is called`, outcome: 'the message is "Hello, Ada!"' },
          { given: 'no name', when: `${call} is called`, outcome: 'the message is "Hello, world!"' },
          { given: 'a name of 101 characters', when: `${call} is called with it`, outcome: 'the answer is 400' },
        ],
      }
    case 'echo':
      return {
        ...base,
        text: `${call} answers 200 with the JSON body that it was sent.`,
        story: { asA: CLIENT, iWant: 'my JSON sent back', soThat: 'I can check what arrives' },
        criteria: [
          { given: 'a JSON body', when: `${call} is called with it`, outcome: 'the answer has the same body' },
        ],
      }
  }
}

/** What an HTTP project must do, in the order of the specification. */
export function httpRequirements(http: HttpPlan): PlannedRequirement[] {
  const bodies: PlannedRequirement[] = readsBodies(http)
    ? [
        {
          key: 'bodies',
          text: 'Request bodies are JSON of at most 100 KiB: another content type is answered 415, malformed JSON 400, a larger body 413.',
          priority: 'must',
          criteria: [
            { given: 'a body of another content type', when: 'it is sent', outcome: 'the answer is 415' },
            { given: 'malformed JSON', when: 'it is sent', outcome: 'the answer is 400' },
            { given: 'a body of more than 100 KiB', when: 'it is sent', outcome: 'the answer is 413' },
          ],
        },
      ]
    : []
  return [
    {
      key: 'listen',
      text: `The server listens on the port in the environment variable PORT, ${http.port} without it; a value that is no port number is refused at the start.`,
      priority: 'must',
      story: { asA: 'an operator', iWant: 'to choose the port', soThat: 'the server fits its environment' },
      criteria: [
        { given: 'PORT=0', when: 'the server starts', outcome: 'it listens on a free port and prints its address' },
        { given: 'PORT=abc', when: 'the server starts', outcome: 'it fails and names PORT' },
      ],
    },
    ...http.routes.map(routeRequirement),
    ...http.resources.flatMap(resourceRequirements),
    ...bodies,
    {
      key: 'not-found',
      text: 'A route that does not exist is answered 404 with a JSON error.',
      priority: 'must',
      criteria: [{ given: 'a running server', when: 'GET /no-such-route is called', outcome: 'the answer is 404' }],
    },
    {
      key: 'shutdown',
      text: 'On SIGINT and SIGTERM the server stops taking connections, finishes requests in flight and exits with code 0.',
      priority: 'should',
      criteria: [{ given: 'a running server', when: 'SIGTERM arrives', outcome: 'the process ends with exit code 0' }],
    },
  ]
}
