import { chmod, chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EgressSettings } from '../network/dial.ts'
import { type EgressProxy, startEgressProxy } from './egress-proxy.ts'

/** A proxy behind a unix socket that one sandbox gets bound in. */
export interface EgressDoor {
  readonly socketPath: string
  readonly proxy: EgressProxy
  close(): Promise<void>
}

/** @param identity user of the sandbox, who alone may pass to the socket; null for the service's own user */
export async function openEgressDoor(
  allow: readonly string[],
  settings: EgressSettings,
  identity: number | null,
): Promise<EgressDoor> {
  const folder = await mkdtemp(join(tmpdir(), 'codex-egress-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const socketPath = join(folder, 'socket')
    const proxy = await startEgressProxy({ allow, settings, listen: { path: socketPath } })
    await chmod(socketPath, 0o600)
    if (identity !== null) {
      await chown(socketPath, identity, identity)
      await chown(folder, identity, identity)
    }
    return {
      socketPath,
      proxy,
      close: async () => {
        await proxy.close()
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}
