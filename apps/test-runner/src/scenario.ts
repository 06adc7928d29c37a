import type { ScriptedModel } from './model/scripted-model.ts'
import type { RunningServer } from './server/running-server.ts'
import type { Cluster, ClusterOptions } from './server/start-cluster.ts'
import type { Transport } from './transports/transport.ts'

/** Where a scenario runs. */
export type Setting =
  /** Any server, also one named with --url: only the offline model is needed. */
  | 'offline'
  /** A server of ours whose models are scripted. Scenarios share it, several at a time. */
  | 'scripted'
  /** A server of ours for this scenario alone. */
  | 'private'

/** A server started for one scenario. */
export interface PrivateServer {
  readonly server: RunningServer
  readonly transport: Transport
}

/** Servers on one database, started for one scenario. */
export interface PrivateCluster {
  readonly cluster: Cluster
  /** Talks to one server of the cluster. */
  connect(server: RunningServer): Transport
}

export interface ScenarioContext {
  readonly transport: Transport
  /** URL of the server under test. */
  readonly url: string
  /** Headers that the server under test needs besides the ones of the request. */
  readonly headers: Readonly<Record<string, string>>
  /** The model server behind the scripted setting, and behind private servers that ask for it. */
  readonly model: ScriptedModel
  /**
   * Starts a server with these variables; it is stopped and removed after the scenario.
   * @param apiKey what the transport presents to it
   */
  startServer(environment?: Readonly<Record<string, string>>, apiKey?: string): Promise<PrivateServer>
  /** Starts several servers on one database; they are stopped and removed after the scenario. */
  startCluster(options?: ClusterOptions): Promise<PrivateCluster>
  /** Variables that point a private server at the scripted model. */
  readonly modelEnvironment: Readonly<Record<string, string>>
  /** Makes an empty folder that is removed after the scenario. */
  makeFolder(): Promise<string>
}

/** One thing that users rely on, as a program. It throws when it does not hold. */
export interface Scenario {
  readonly name: string
  readonly setting: Setting
  /** Transports it is repeated over; default is both. */
  readonly transports?: readonly Transport['name'][]
  run(context: ScenarioContext): Promise<void>
}
