/** What a macOS sandbox profile grants. Paths must be free of links: the kernel compares real paths. */
export interface MacosGrants {
  readonly worktree: string
  readonly temporaryFolder: string
  /** Folders and files beside the system that may be read. */
  readonly readable: readonly string[]
  /** Port of the egress proxy on the loopback address; null for no network. */
  readonly proxyPort: number | null
}

/** Parts of the system that programs cannot start without. */
const SYSTEM_READABLE = [
  ...['/usr', '/bin', '/sbin', '/System', '/Library/Apple', '/Library/Developer/CommandLineTools', '/opt/homebrew'],
  ...['/private/etc/ssl', '/private/etc/localtime', '/private/var/db/timezone', '/private/var/db/dyld', '/dev'],
]
const WRITABLE_DEVICES = ['/dev/null', '/dev/zero', '/dev/random', '/dev/urandom', '/dev/dtracehelper']

/**
 * Text of a sandbox profile that denies by default (Apple's sandbox profile language, version 1).
 * Later rules win over earlier ones.
 */
export function macosProfile({ worktree, temporaryFolder, readable, proxyPort }: MacosGrants): string {
  const subpaths = (paths: readonly string[]) => paths.map((path) => `  (subpath ${quote(path)})`)
  const literals = (paths: readonly string[]) => paths.map((path) => `  (literal ${quote(path)})`)
  const network = proxyPort === null ? [] : [`(allow network-outbound (remote ip "localhost:${proxyPort}"))`]
  return [
    '(version 1)',
    '(deny default)',
    '(allow process-fork)',
    '(allow process-exec)',
    '(allow signal (target same-sandbox))',
    '(allow process-info* (target same-sandbox))',
    '(allow sysctl-read)',
    '(allow mach-lookup (global-name "com.apple.system.opendirectoryd.libinfo"))',
    '(allow file-read-metadata)',
    '(allow file-read*',
    '  (literal "/")',
    ...subpaths([...SYSTEM_READABLE, ...readable, worktree, temporaryFolder]),
    ')',
    '(allow file-write*',
    ...subpaths([worktree, temporaryFolder]),
    ...literals(WRITABLE_DEVICES),
    ')',
    '(deny file-write-setugid)',
    ...network,
    '',
  ].join('\n')
}

function quote(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&')}"`
}
