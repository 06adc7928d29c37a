/** What may be used up by one sandboxed command. Every limit is hard: reaching it ends the whole process tree. */
export interface SandboxLimits {
  readonly wallMs: number
  /** CPU time of the whole process tree. */
  readonly cpuSeconds: number
  /** Proportional set size of the whole process tree. */
  readonly memoryBytes: number
  readonly processes: number
  /** Largest single file the command may write. */
  readonly fileBytes: number
  /** Growth of the worktree while the command runs. */
  readonly workspaceBytes: number
  readonly workspaceInodes: number
  /** Bytes kept of stdout and of stderr each; the head and the tail are kept, the middle is dropped. */
  readonly outputBytes: number
  /** Size of the private /tmp (which also holds the home folder); what it holds counts as memory. */
  readonly tmpBytes: number
}

/** A host directory or file made visible read-only inside the sandbox. */
export interface ReadOnlyMount {
  readonly source: string
  readonly target: string
}

export interface SandboxPolicy {
  /** Absolute host path of the worktree; the only place that is bound writable, at the same path inside. */
  readonly worktree: string
  readonly readOnly?: readonly ReadOnlyMount[]
  /** No network at all, or only the named `host:port` pairs through the allow-list proxy. */
  readonly network: 'none' | { readonly allow: readonly string[] }
  readonly limits: SandboxLimits
}

export interface SandboxCommand {
  readonly argv: readonly [string, ...string[]]
  /** Relative to the worktree; default is the worktree itself. */
  readonly cwd?: string
  /** Added to the sandbox's own clean environment; nothing is inherited from the service. */
  readonly env?: Readonly<Record<string, string>>
  /** Text on standard input, closed after it; default is an empty input. At most 64 kB. */
  readonly stdin?: string
}

export interface SandboxRunOptions {
  /** Aborting kills the whole process tree; the result then has `limit: 'aborted'`. */
  readonly signal?: AbortSignal
  /** Called whenever the command writes something. */
  readonly onOutput?: (() => void) | undefined
}

export type SandboxLimitName =
  | 'wall'
  | 'cpu'
  | 'memory'
  | 'processes'
  | 'file_size'
  | 'workspace_bytes'
  | 'workspace_inodes'
  | 'aborted'

/** What was seen of one command. A command that could not be started at all throws SANDBOX_UNAVAILABLE instead. */
export interface CommandResult {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly envNames: readonly string[]
  /** Null when a signal ended the command. A shell's 128 + n for such a signal is read as that signal. */
  readonly exitCode: number | null
  readonly signal: string | null
  /** The limit that ended the command, or null when it ended by itself. */
  readonly limit: SandboxLimitName | null
  readonly stdout: string
  readonly stderr: string
  readonly outputTruncated: boolean
  /**
   * sha256 (hex) over sha256(complete stdout) followed by sha256(complete stderr), also of what was dropped.
   * Two inner hashes, because both streams arrive at the same time and neither may be held back in memory.
   */
  readonly outputDigest: string
  readonly durationMs: number
  /** Peak proportional set size that the watchdog saw; 0 when the command ended before the first look. */
  readonly peakMemoryBytes: number
  /** What the command was held to. */
  readonly limits: SandboxLimits
  /** `host:port` pairs that the policy allowed. */
  readonly network: readonly string[]
  /** `host:port` pairs that the egress proxy refused, each once; after a hundred a last entry tells how many more. */
  readonly deniedHosts: readonly string[]
  readonly driver: string
  /** False for the `none` driver: the command ran with the service's own rights. */
  readonly isolated: boolean
}

export interface SandboxProbe {
  readonly available: boolean
  /** Why not, for people. */
  readonly reason?: string
  /** The one command that would help. */
  readonly remedy?: string
}

/** Runs one command under isolation and limits. One file a driver implements this. */
export interface SandboxDriver {
  readonly name: 'bubblewrap' | 'sandbox-exec' | 'none'
  readonly isolated: boolean
  /** Checks that the driver works on this machine and that it contains a mini hostile set. */
  probe(): Promise<SandboxProbe>
  /**
   * Runs a command and resolves when it and everything it started is gone.
   * @throws CodexError SANDBOX_UNAVAILABLE when the command could not be started
   */
  run(command: SandboxCommand, policy: SandboxPolicy, options?: SandboxRunOptions): Promise<CommandResult>
}
