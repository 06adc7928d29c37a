import { type ScriptedModel, startScriptedModel } from '../model/scripted-model.ts'
import type { Scenario, ScenarioContext } from '../scenario.ts'
import { startServer } from '../server/start-server.ts'
import { createRestTransport } from '../transports/rest-transport.ts'
import { createSdkTransport } from '../transports/sdk-transport.ts'
import type { Transport } from '../transports/transport.ts'

/** The servers that scenarios share, started when the first one needs them. */
export interface Environment {
  run(scenario: Scenario, transportName: Transport['name']): Promise<void>
  dispose(): Promise<void>
}

export interface EnvironmentOptions {
  /** A running server for the offline scenarios; otherwise one is started. */
  readonly url?: string
  readonly apiKey?: string
}

export function createEnvironment(options: EnvironmentOptions = {}): Environment {
  const disposals: (() => Promise<void>)[] = []
  const model = once(async () => {
    const started = await startScriptedModel()
    disposals.push(() => started.stop())
    return started
  })
  const start = async (environment: Readonly<Record<string, string>>) => {
    const server = await startServer(environment)
    disposals.push(() => server.dispose())
    return server
  }
  const offline = once(async () => options.url ?? (await start({})).url)
  const scripted = once(async () => (await start(modelEnvironment(await model()))).url)

  return {
    async run(scenario, transportName) {
      const connect = transportName === 'sdk' ? createSdkTransport : createRestTransport
      const url =
        scenario.setting === 'offline' ? await offline() : scenario.setting === 'scripted' ? await scripted() : ''
      const own: (() => Promise<void>)[] = []
      const scriptedModel = await model()
      const context: ScenarioContext = {
        url,
        transport: connect(url, options.apiKey),
        model: scriptedModel,
        modelEnvironment: modelEnvironment(scriptedModel),
        async startServer(environment = {}) {
          const server = await startServer(environment)
          own.push(() => server.dispose())
          return { server, transport: connect(server.url) }
        },
      }
      try {
        await scenario.run(context)
      } finally {
        for (const dispose of own.reverse()) await dispose()
      }
    },
    async dispose() {
      for (const dispose of disposals.reverse()) await dispose()
    },
  }
}

function modelEnvironment(model: ScriptedModel): Record<string, string> {
  return {
    OPENAI_BASE_URL: `${model.url}/v1`,
    OPENAI_API_KEY: 'sk-scripted-model-key',
    CODEX_MODEL: 'openai:scripted',
    ANTHROPIC_BASE_URL: model.url,
    ANTHROPIC_API_KEY: 'scripted-anthropic-key',
    GOOGLE_BASE_URL: model.url,
    GEMINI_API_KEY: 'scripted-google-key',
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}
