import type { FastifyInstance } from 'fastify'

export interface KnownRoutes {
  /** Every route in the order it was added. */
  readonly all: readonly { readonly method: string; readonly path: string }[]
  /** The methods that a path has; empty when no route has it. */
  methodsOf(path: string): readonly string[]
}

/** Remembers the routes of an app as they are added, to tell a wrong method from a wrong path. */
export function rememberRoutes(app: FastifyInstance): KnownRoutes {
  const routes: { method: string; path: string; pattern: RegExp }[] = []
  app.addHook('onRoute', ({ url, method: methods }) => {
    for (const method of [methods].flat()) routes.push({ method, path: url, pattern: patternOf(url) })
  })
  return {
    all: routes,
    methodsOf: (path) => [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))],
  }
}

function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((segment) => {
      if (segment === '*') return '.*'
      return segment.startsWith(':') ? '[^/]+' : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    })
    .join('/')
  return new RegExp(`^${source}$`)
}
