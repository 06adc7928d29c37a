import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ScriptedModel, startScriptedModel } from '../model/scripted-model.ts'
import type { Scenario, ScenarioContext } from '../scenario.ts'
import type { Scratch } from '../server/scratch.ts'
import { startCluster } from '../server/start-cluster.ts'
import { startServer } from '../server/start-server.ts'
import { createRestTransport } from '../transports/rest-transport.ts'
import { createSdkTransport } from '../transports/sdk-transport.ts'
import type { Transport } from '../transports/transport.ts'

/** The servers that scenarios share, started when the first one needs them. */
export interface Environment {
  run(scenario: Scenario, transportName: Transport['name']): Promise<void>
  /** Ends every server and removes what was made. */
  dispose(): Promise<void>
}

export interface EnvironmentOptions {
  readonly scratch: Pick<Scratch, 'folder' | 'temporary'>
  /** A running server for the offline scenarios; otherwise one is started. */
  readonly url?: string
  readonly apiKey?: string
}

export function createEnvironment({ scratch, url: namedUrl, apiKey }: EnvironmentOptions): Environment {
  const shared = createDisposals()
  const model = once(async () => {
    const started = await startScriptedModel()
    shared.add(() => started.stop())
    return started
  })
  const start = async (variables: Readonly<Record<string, string>>) => {
    const server = await startServer(scratch, variables)
    shared.add(() => server.dispose())
    return server.url
  }
  const offline = once(async () => namedUrl ?? (await start({})))
  const scripted = once(async () => start(modelEnvironment(await model())))

  return {
    async run({ setting, run }, transportName) {
      const connect = transportName === 'sdk' ? createSdkTransport : createRestTransport
      const url = setting === 'offline' ? await offline() : setting === 'scripted' ? await scripted() : ''
      const key = setting === 'offline' ? apiKey : undefined
      const own = createDisposals()
      const scriptedModel = await model()
      const context: ScenarioContext = {
        url,
        headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
        get transport() {
          return connect(url, key) // not before it is asked for: private scenarios have no URL
        },
        model: scriptedModel,
        modelEnvironment: modelEnvironment(scriptedModel),
        async startServer(variables = {}, privateKey = undefined) {
          const server = await startServer(scratch, variables)
          own.add(() => server.dispose())
          return { server, transport: connect(server.url, privateKey) }
        },
        async startCluster(options = {}) {
          const cluster = await startCluster(scratch, options)
          own.add(() => cluster.dispose())
          return { cluster, connect: (server) => connect(server.url) }
        },
        async makeFolder() {
          const folder = await mkdtemp(join(scratch.folder, 'folder-'))
          await chmod(folder, 0o755)
          own.add(() => rm(folder, { recursive: true, force: true }))
          return folder
        },
      }
      try {
        await run(context)
      } finally {
        await own.dispose()
      }
    },
    dispose: () => shared.dispose(),
  }
}

/** The fallback steps in only where a script lets the first model fail for good. */
function modelEnvironment(model: ScriptedModel): Record<string, string> {
  return {
    OPENAI_BASE_URL: `${model.url}/v1`,
    OPENAI_API_KEY: 'sk-scripted-model-key',
    CODEX_MODEL: 'openai:scripted',
    CODEX_FALLBACK_MODEL: 'anthropic:scripted-fallback',
    ANTHROPIC_BASE_URL: model.url,
    ANTHROPIC_API_KEY: 'scripted-anthropic-key',
    GOOGLE_BASE_URL: model.url,
    GEMINI_API_KEY: 'scripted-google-key',
  }
}

/** Things to be undone, the newest first; one that fails does not keep the others from being undone. */
function createDisposals() {
  const disposals: (() => Promise<void>)[] = []
  return {
    add(dispose: () => Promise<void>): void {
      disposals.push(dispose)
    },
    async dispose(): Promise<void> {
      const failures: unknown[] = []
      for (const dispose of disposals.splice(0).reverse()) await dispose().catch((error) => failures.push(error))
      if (failures.length > 0) throw new AggregateError(failures, 'could not clean up')
    },
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
