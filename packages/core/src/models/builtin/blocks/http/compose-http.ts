import type { HttpFramework, HttpPlan, ProjectPlan } from '../../plan/project-plan.ts'
import type { ComposedDependency, ComposedFile, ComposedProject } from '../../render/composed-project.ts'
import { fileExtension, renderModule, type SourceModule } from '../../render/source-module.ts'
import { testDialect } from '../../testing/test-dialect.ts'
import { renderTestFile, type TestFile } from '../../testing/test-file.ts'
import { collectionModule, listQueryModule, resourceModule, validationModule } from '../crud/crud-modules.ts'
import { resourceKeys } from '../crud/crud-requirements.ts'
import { resourceTests, validationTests } from '../crud/crud-tests.ts'
import { appTests, errorTests, greetingTests } from './app-tests.ts'
import { expressApp } from './express-app.ts'
import { fastifyApp } from './fastify-app.ts'
import { honoApp } from './hono-app.ts'
import { httpRequirements, routeKey } from './http-requirements.ts'
import { httpUsage } from './http-usage.ts'
import { jsonBodyModule, nodeApp } from './node-app.ts'
import { canRefuse, hasRoute, readsBodies } from './route-facts.ts'
import { serverModule } from './server-module.ts'
import { configTests, serverTests } from './server-tests.ts'
import { configModule, errorsModule, greetingModule, mainModule } from './shared-modules.ts'

const APPS: Record<HttpFramework, (http: HttpPlan) => SourceModule> = {
  'node:http': nodeApp,
  express: expressApp,
  fastify: fastifyApp,
  hono: honoApp,
}

/** Composes an HTTP server or CRUD API. */
export function composeHttp(plan: ProjectPlan, http: HttpPlan): ComposedProject {
  const { toolchain } = plan
  const extension = fileExtension(toolchain)
  const dialect = testDialect(toolchain)
  const requirements = httpRequirements(http)
  const keysOf = (prefixes: readonly string[]): string[] =>
    requirements.map((one) => one.key).filter((key) => prefixes.some((prefix) => key.startsWith(prefix)))
  const resourcePrefixes = http.resources.map((resource) => `${resource.path}.`)
  const source = (path: string, module: SourceModule, reason: string, keys: readonly string[]): ComposedFile => ({
    path: `src/${path}.${extension}`,
    content: renderModule(toolchain, module),
    reason,
    requirements: keys,
  })
  const appKeys = [...http.routes.map(routeKey), ...keysOf(resourcePrefixes), 'not-found']
  const validationKeys = http.resources.map((resource) => resourceKeys(resource).validation)
  const sources = [
    source('app', APPS[http.framework](http), 'Routes and their handlers', appKeys),
    source('server', serverModule(http.framework), 'Listening and graceful shutdown', ['listen', 'shutdown']),
    source('config', configModule(http.port), 'Reads the port from the environment', ['listen']),
    source('main', mainModule, 'Entry point', ['listen']),
  ]
  if (canRefuse(http)) {
    const keys = readsBodies(http)
      ? ['bodies', ...validationKeys]
      : http.routes.filter((one) => one.kind === 'greeting').map(routeKey)
    sources.push(
      source('errors', errorsModule(http.framework, http.resources.length > 0), 'Turns errors into answers', keys),
    )
  }
  if (hasRoute(http, 'greeting')) {
    const keys = http.routes.filter((one) => one.kind === 'greeting').map(routeKey)
    sources.push(source('greeting', greetingModule, 'Text of the greeting', keys))
  }
  if (http.framework === 'node:http' && readsBodies(http)) {
    sources.push(source('json-body', jsonBodyModule, 'Reads JSON bodies up to a limit', ['bodies']))
  }
  if (http.resources.length > 0) {
    sources.push(
      source('validation', validationModule(http.resources), 'Rules of the field types', validationKeys),
      source(
        'list-query',
        listQueryModule,
        'Paging and filters',
        http.resources.map((one) => resourceKeys(one).list),
      ),
      source('collection', collectionModule, 'In-memory store and its operations', keysOf(resourcePrefixes)),
      ...http.resources.map((resource) =>
        source(resource.path, resourceModule(resource), `Fields of ${resource.path}`, keysOf([`${resource.path}.`])),
      ),
    )
  }
  const testFiles: (TestFile | null)[] = [
    appTests(http, dialect),
    ...http.resources.map((resource) => resourceTests(resource, dialect)),
    http.resources.length > 0 ? validationTests(http.resources, dialect, validationKeys[0] ?? '') : null,
    greetingTests(http, dialect),
    canRefuse(http) ? errorTests(http, dialect) : null,
    configTests(http, dialect),
    serverTests(toolchain, dialect),
  ]
  const tests = testFiles.filter((file) => file !== null).map((file) => renderTestFile(toolchain, file))
  return {
    requirements,
    sources,
    tests: tests.map((test) => test.file),
    testCases: tests.flatMap((test) => test.cases),
    dependencies: httpDependencies(plan, http),
    scripts: { start: `node src/main.${extension}` },
    manifest: {},
    usage: httpUsage(http),
  }
}

function httpDependencies(plan: ProjectPlan, http: HttpPlan): ComposedDependency[] {
  const runtime = (name: ComposedDependency['name'], reason: string): ComposedDependency => ({
    name,
    kind: 'runtime',
    reason,
    forTests: false,
  })
  switch (http.framework) {
    case 'node:http':
      return []
    case 'express':
      return [
        runtime('express', 'HTTP framework that was asked for'),
        ...(plan.toolchain.language === 'typescript'
          ? [
              {
                name: '@types/express' as const,
                kind: 'development' as const,
                reason: 'Types of express',
                forTests: false,
              },
            ]
          : []),
      ]
    case 'fastify':
      return [runtime('fastify', 'HTTP framework that was asked for')]
    case 'hono':
      return [
        runtime('hono', 'HTTP framework that was asked for'),
        runtime('@hono/node-server', "Runs Hono on Node's HTTP server"),
      ]
  }
}
