import { expect, test } from 'vitest'
import { startTestServer } from '../testing/start-test-server.ts'

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'])
/** Routes that are not part of the REST contract. */
const UNDOCUMENTED = [/^\/metrics$/, /^\/openapi\.json$/, /^\/docs/, /^\/trpc\//]

interface Document {
  readonly openapi: string
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, unknown> }
}
interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly responses: Record<string, { readonly description: string; readonly content?: Record<string, unknown> }>
}

async function readDocument(): Promise<Document> {
  await using server = await startTestServer()
  return (await server.call('GET', '/openapi.json')).body
}

test('is OpenAPI 3.1 whose references all lead somewhere', async () => {
  const document = await readDocument()
  expect(document.openapi).toBe('3.1.0')
  const references = JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)
  const missing = [...references]
    .map(([, reference = '']) => reference)
    .filter((reference) => document.components.schemas[reference.replace('#/components/schemas/', '')] === undefined)
  expect(missing).toEqual([])
})

test('describes every route of the REST contract', async () => {
  await using server = await startTestServer()
  const documented = Object.entries((await server.call('GET', '/openapi.json')).body.paths as Document['paths'])
    .flatMap(([path, operations]) => Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`))
    .sort()
  const served = server.routes
    .filter(({ method, path }) => method !== 'HEAD' && !UNDOCUMENTED.some((pattern) => pattern.test(path)))
    .map(({ method, path }) => `${method} ${path.replace('/*', '/{path}').replaceAll(/:(\w+)/g, '{$1}')}`)
    .sort()
  expect(documented).toEqual(served)
  expect(documented.length).toBeGreaterThan(18) // an empty list would agree with itself
})

test('every operation has an id of its own, a summary, its path parameters and a problem', async () => {
  const document = await readDocument()
  const seen = new Set<string>()
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      expect(METHODS.has(method)).toBe(true)
      expect(seen.has(operation.operationId)).toBe(false)
      seen.add(operation.operationId)
      expect(operation.summary.length).toBeGreaterThan(5)
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name)
      expect([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)).toEqual(inPath)
      if (path !== '/health') expect(operation.responses['default']?.content).toHaveProperty('application/problem+json')
    }
  }
})

test('names fields as REST does and describes them', async () => {
  const document = await readDocument()
  const request = JSON.stringify(document.components.schemas['OrchestrateRequest'])
  expect(request).toContain('"agent_sequence"')
  expect(request).toContain('"additionalProperties":false')
  expect(request).toContain('What is to be done')
  expect(JSON.stringify(document)).not.toMatch(/"(agentSequence|requestId|durationMs)"/)
})

test('the document for people is served by this server alone', async () => {
  await using server = await startTestServer()
  const page = await server.call('GET', '/docs/')
  expect(page.status).toBe(200)
  expect(page.body).toContain('/openapi.json')
  expect(page.body).not.toMatch(/src="https?:/)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
})

test('fields of standards keep their names', async () => {
  const { paths, components } = await readDocument()
  const answer = JSON.stringify(paths['/api/orchestrate/{id}/evidence']?.['get']?.responses['200'])
  expect(answer).toContain('"payloadType"')
  expect(answer).toContain('#/components/schemas/EvidenceCheck')
  expect(JSON.stringify(components.schemas['EvidenceCheck'])).toContain('"key_id"')
})
