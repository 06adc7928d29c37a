import type { CommandResult } from '../../sandbox/sandbox.ts'
import { outputTail } from '../command-evidence.ts'
import type { Reason } from '../judge-test-run.ts'

const NETWORK_CODE =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|EPROTO|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_VERIFY_LEAF_SIGNATURE|E5\d\d|E401)\b/
const OUTPUT_CHARACTERS = 1_200

/** Why an installation failed; `isEnvironment` when the machine or the registry is to blame and not the project. */
export interface InstallFailure extends Reason {
  readonly isEnvironment: boolean
}

/**
 * Says what went wrong with an installation, or null when nothing did. A package that does not exist is the
 * project's fault, an unreachable registry is not.
 * @param allowedHosts `host:port` pairs that the command was allowed to reach
 */
export function describeInstallFailure(result: CommandResult, allowedHosts: readonly string[]): InstallFailure | null {
  if (result.limit === null && result.exitCode === 0) return null
  const output = `${result.stdout}\n${result.stderr}`
  const details = `Output: ${outputTail(result, OUTPUT_CHARACTERS)}`
  const command = result.argv.slice(0, 2).join(' ')
  const refused = result.deniedHosts.filter((host) => allowedHosts.includes(host))
  if (refused.length > 0) {
    const message = `The registry ${refused.join(', ')} was refused: its address is not public. Name it as a private host of the sandbox's network.`
    return { code: 'registry_unreachable', message, isEnvironment: true }
  }
  if (result.deniedHosts.length > 0) {
    const hosts = result.deniedHosts.join(', ')
    const message = `"${command}" asked for ${hosts}, which is not the configured registry. ${details}`
    return { code: 'install_failed', message, isEnvironment: false }
  }
  if (result.limit !== null) {
    const message = `"${command}" was ended because it reached the limit "${result.limit}". ${details}`
    return { code: 'install_failed', message, isEnvironment: false }
  }
  const [networkCode] = NETWORK_CODE.exec(output) ?? []
  if (networkCode !== undefined) {
    const message = `The package registry cannot be reached (${networkCode}). ${details}`
    return { code: 'registry_unreachable', message, isEnvironment: true }
  }
  return {
    code: 'install_failed',
    message: `"${command}" ended with ${result.exitCode}. ${details}`,
    isEnvironment: false,
  }
}
