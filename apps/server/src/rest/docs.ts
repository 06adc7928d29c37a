import Fastify, { type FastifyInstance } from 'fastify'

/** The page loads its own script and style inline and asks nobody but this server. */
const PAGE_POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; " +
  "img-src 'self' data: blob:; font-src 'self' data:; frame-ancestors 'none'"

/**
 * Serves `/docs`: the OpenAPI document for people. The viewer is several megabytes of script, so it is loaded by an
 * app of its own when somebody first looks at it and not at every start.
 */
export function registerDocs(app: FastifyInstance): void {
  let viewer: Promise<FastifyInstance> | undefined
  app.addHook('onClose', async () => {
    await (await viewer)?.close()
  })
  for (const path of ['/docs', '/docs/*']) {
    app.get(path, { schema: { hide: true } }, async (request, reply) => {
      viewer ??= createViewer()
      const page = await (await viewer).inject({ method: 'GET', url: request.url, headers: { host: request.host } })
      const { location, 'content-type': type } = page.headers
      if (location !== undefined) return reply.redirect(String(location), page.statusCode)
      if (page.statusCode === 404) return reply.callNotFound()
      return reply
        .code(page.statusCode)
        .header('content-type', type ?? 'text/html; charset=utf-8')
        .header('content-security-policy', PAGE_POLICY)
        .send(page.rawPayload)
    })
  }
}

async function createViewer(): Promise<FastifyInstance> {
  const { default: scalar } = await import('@scalar/fastify-api-reference')
  const viewer = Fastify({ logger: false })
  await viewer.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      withDefaultFonts: false,
      telemetry: false,
      // nothing that would hand the document to somebody else's service
      showDeveloperTools: 'never',
      hideClientButton: true,
      agent: { disabled: true },
      mcp: { disabled: true },
    },
  })
  return viewer
}
