import type { Field, Resource } from '../../plan/project-plan.ts'
import { quote } from '../../render/text.ts'
import type { TestDialect } from '../../testing/test-dialect.ts'
import type { TestCase, TestFile, TestSuite } from '../../testing/test-file.ts'
import { singularWords } from './crud-modules.ts'
import { resourceKeys } from './crud-requirements.ts'
import { FIELD_RULES, ruleName, usedTypes } from './field-rules.ts'

function sample(resource: Resource, index: 0 | 1): string {
  const pairs = resource.fields.map((field) => `${field.name}: ${FIELD_RULES[field.type].valid(field)[index]}`)
  return pairs.join(', ').length > 80 ? `{\n  ${pairs.join(',\n  ')},\n}` : `{ ${pairs.join(', ')} }`
}

const SETUP = `
«interface Answer {
  id: string;
  items: Record<string, unknown>[];
  total: number;
  details: { field: string; message: string }[];
}»

let server«: RunningServer»;

function send(method«: string», path«: string», body«?: unknown»)«: Promise<Response>» {
  const url = \`\${server.url}\${path}\`;
  if (body === undefined) return fetch(url, { method });
  const headers = { 'content-type': 'application/json' };
  return fetch(url, { method, headers, body: JSON.stringify(body) });
}
`

/** Tests of one resource over HTTP. */
export function resourceTests(resource: Resource, dialect: TestDialect): TestFile {
  const { path } = resource
  const keys = resourceKeys(resource)
  const { equal } = dialect
  const noun = singularWords(resource)
  const changed = resource.fields[0]
  const cases: TestCase[] = [
    {
      name: `creates a ${noun} and reads it again`,
      requirement: keys.create,
      body: `
const response = await send('POST', '/${path}', first);
${equal('response.status', '201')}
const created = await response.json()« as Answer»;
${equal('created', '{ id: created.id, ...first }')}
${equal("response.headers.get('location')", `\`/${path}/\${created.id}\``)}
const read = await send('GET', \`/${path}/\${created.id}\`);
${equal('read.status', '200')}
${equal('await read.json()', 'created')}`,
    },
    {
      name: 'pages through the list',
      requirement: keys.list,
      body: `
await send('POST', '/${path}', first);
await send('POST', '/${path}', second);
const all = await (await send('GET', '/${path}')).json()« as Answer»;
const response = await send('GET', '/${path}?limit=1&offset=1');
${equal('response.status', '200')}
const page = await response.json()« as Answer»;
${equal('page', '{ items: [all.items[1]], total: all.total, limit: 1, offset: 1 }')}`,
    },
    {
      name: 'refuses a page that is too large or starts below zero',
      requirement: keys.list,
      body: `
const response = await send('GET', '/${path}?limit=101&offset=-1');
${equal('response.status', '400')}
const { details } = await response.json()« as Answer»;
${equal('details.map((issue) => issue.field)', "['limit', 'offset']")}`,
    },
    {
      name: 'refuses a filter by an unknown field',
      requirement: keys.list,
      body: `
const response = await send('GET', '/${path}?nonsense=1');
${equal('response.status', '400')}
${equal('(await response.json()« as Answer»).details', "[{ field: 'nonsense', message: 'is not a known parameter' }]")}`,
    },
    ...resource.fields.map((field) => filterCase(resource, field, dialect)),
    ...(changed === undefined ? [] : changeCases(resource, changed, dialect)),
    {
      name: `removes a ${noun}`,
      requirement: keys.remove,
      body: `
const created = await (await send('POST', '/${path}', first)).json()« as Answer»;
${equal(`(await send('DELETE', \`/${path}/\${created.id}\`)).status`, '204')}
${equal(`(await send('GET', \`/${path}/\${created.id}\`)).status`, '404')}`,
    },
    {
      name: 'answers 404 for an unknown id, whatever is asked',
      requirement: keys.get,
      body: `
for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
  const body = method.startsWith('P') ? first : undefined;
  const response = await send(method, '/${path}/unknown', body);
  ${equal('response.status', '404')}
  ${equal('await response.json()', `{ error: 'No ${noun} with id unknown' }`)}
}`,
    },
    {
      name: 'refuses a body that is not an object, and fields that it does not know',
      requirement: keys.validation,
      body: `
const list = await send('POST', '/${path}', [first]);
${equal('list.status', '400')}
${equal('await list.json()', "{ error: 'Body must be a JSON object' }")}
const unknown = await send('POST', '/${path}', { ...first, nonsense: true });
${equal('unknown.status', '400')}
${equal('(await unknown.json()« as Answer»).details', "[{ field: 'nonsense', message: 'is not a known field' }]")}`,
    },
  ]
  const fields: TestSuite = {
    title: `fields of ${path}`,
    cases: resource.fields.flatMap((field) => fieldCases(resource, field, dialect)),
  }
  return {
    path: `test/${path}.test`,
    kind: 'integration',
    reason: `Proves every operation and every field of ${path} over HTTP`,
    imports: [{ from: '../src/server', names: ['startServer'], types: ['RunningServer'] }],
    setup: `const first = ${sample(resource, 0)};\nconst second = ${sample(resource, 1)};\n${SETUP}`,
    beforeAll: "server = await startServer({ port: 0, host: '127.0.0.1' });",
    afterAll: 'await server.close();',
    suites: [{ title: `/${path}`, cases }, fields],
  }
}

function filterCase(resource: Resource, field: Field, { equal }: TestDialect): TestCase {
  return {
    name: `filters by ${field.name}`,
    requirement: resourceKeys(resource).list,
    body: `
await send('POST', '/${resource.path}', first);
await send('POST', '/${resource.path}', second);
const query = new URLSearchParams({ ${field.name}: String(second.${field.name}) });
const response = await send('GET', \`/${resource.path}?\${query}\`);
${equal('response.status', '200')}
const { items } = await response.json()« as Answer»;
${equal(`items.length > 0 && items.every((item) => item.${field.name} === second.${field.name})`, 'true')}`,
  }
}

function changeCases(resource: Resource, changed: Field, { equal }: TestDialect): TestCase[] {
  const keys = resourceKeys(resource)
  const { path } = resource
  const noun = singularWords(resource)
  return [
    {
      name: `replaces a ${noun}`,
      requirement: keys.update,
      body: `
const created = await (await send('POST', '/${path}', first)).json()« as Answer»;
const response = await send('PUT', \`/${path}/\${created.id}\`, second);
${equal('response.status', '200')}
${equal('await response.json()', '{ id: created.id, ...second }')}`,
    },
    {
      name: `changes single fields of a ${noun}`,
      requirement: keys.update,
      body: `
const created = await (await send('POST', '/${path}', first)).json()« as Answer»;
const response = await send('PATCH', \`/${path}/\${created.id}\`, { ${changed.name}: second.${changed.name} });
${equal('response.status', '200')}
${equal('await response.json()', `{ ...created, ${changed.name}: second.${changed.name} }`)}`,
    },
  ]
}

function fieldCases(resource: Resource, field: Field, dialect: TestDialect): TestCase[] {
  const { equal, match } = dialect
  const { path } = resource
  const requirement = resourceKeys(resource).validation
  const rule = FIELD_RULES[field.type]
  const missing = field.required
    ? {
        name: `requires ${field.name}`,
        requirement,
        body: `
const { ${field.name}: _left, ...rest } = first;
const response = await send('POST', '/${path}', rest);
${equal('response.status', '400')}
${equal('(await response.json()« as Answer»).details', `[{ field: ${quote(field.name)}, message: 'is required' }]`)}`,
      }
    : {
        name: `takes a ${singularWords(resource)} without ${field.name}`,
        requirement,
        body: `
const { ${field.name}: _left, ...rest } = first;
const response = await send('POST', '/${path}', rest);
${equal('response.status', '201')}`,
      }
  return [
    missing,
    ...rule.invalid.map(({ value, because }) => ({
      name: `refuses ${because} as ${field.name}`,
      requirement,
      body: `
const response = await send('POST', '/${path}', { ...first, ${field.name}: ${value} });
${equal('response.status', '400')}
const { details } = await response.json()« as Answer»;
${equal('details.map((issue) => issue.field)', `[${quote(field.name)}]`)}
${match('details.map((issue) => issue.message).join()', String(rule.problem))}`,
    })),
  ]
}

/** Tests of the rules themselves: what they accept and how they read a query. */
export function validationTests(resources: readonly Resource[], dialect: TestDialect, requirement: string): TestFile {
  const { equal, match } = dialect
  const types = usedTypes(resources)
  const fields = types.map((type) => {
    const field = resources.flatMap((resource) => resource.fields).find((one) => one.type === type)
    return field ?? { name: type, type, required: true, values: [] }
  })
  return {
    path: 'test/validation.test',
    kind: 'unit',
    reason: 'Proves what each field type accepts and refuses',
    imports: [{ from: '../src/validation', names: types.map(ruleName).sort() }],
    suites: fields.map((field) => {
      const rule = FIELD_RULES[field.type]
      const name = ruleName(field.type)
      const [one, two] = rule.valid(field)
      const own = field.type === 'enum' ? `const rule = ${rule.expression(field)};\n` : ''
      const called = field.type === 'enum' ? 'rule' : name
      return {
        title: name,
        cases: [
          {
            name: 'accepts valid values and reads them from a query',
            requirement,
            body: `${own}for (const value of [${one}, ${two}]) {\n  ${equal(`${called}.check(value)`, 'null')}\n  ${equal(`${called}.fromText(String(value))`, 'value')}\n}`,
          },
          {
            name: 'says what is wrong with other values',
            requirement,
            body: `${own}for (const value of [${rule.invalid.map((bad) => bad.value).join(', ')}]) {\n  ${match(`String(${called}.check(value))`, String(rule.problem))}\n}`,
          },
          ...(field.type === 'number' || field.type === 'integer'
            ? [
                {
                  name: 'takes an empty parameter for no number',
                  requirement,
                  body: equal(`Number.isNaN(${called}.fromText(''))`, 'true'),
                },
              ]
            : []),
          ...(field.type === 'boolean'
            ? [
                {
                  name: 'leaves other parameters to the check',
                  requirement,
                  body: equal(`${called}.fromText('maybe')`, "'maybe'"),
                },
              ]
            : []),
        ],
      }
    }),
  }
}
