import { lstatSync, readlinkSync } from 'node:fs'

/** Folders beside /usr that are links into it on merged systems and folders of their own on older ones. */
const USR_COMPANIONS = ['/bin', '/sbin', '/lib', '/lib64', '/lib32', '/libx32']

/** Files that programs expect and that tell nothing about the machine. Users, groups and hosts are written afresh. */
const ETC_ENTRIES = [
  '/etc/ld.so.cache',
  '/etc/alternatives',
  '/etc/localtime',
  '/etc/ssl/certs',
  '/etc/ssl/openssl.cnf',
  '/etc/pki/tls/certs',
  '/etc/pki/ca-trust/extracted',
  '/etc/ca-certificates',
]

/** bwrap arguments for a minimal read-only system: /usr, its companions, a few files of /etc. */
export function systemRootArguments(): readonly string[] {
  const args = ['--ro-bind', '/usr', '/usr']
  for (const folder of USR_COMPANIONS) {
    const stats = lstatSync(folder, { throwIfNoEntry: false })
    if (stats?.isSymbolicLink()) args.push('--symlink', readlinkSync(folder), folder)
    else if (stats?.isDirectory()) args.push('--ro-bind', folder, folder)
  }
  args.push('--perms', '0755', '--dir', '/etc')
  for (const entry of ETC_ENTRIES) args.push('--ro-bind-try', entry, entry)
  return args
}

export const SANDBOX_USER_ID = 1000

/** Contents of the /etc files that the sandbox gets of its own, by path. */
export const OWN_ETC_FILES: Readonly<Record<string, string>> = {
  '/etc/passwd': `root:x:0:0::/nonexistent:/bin/false\nagent:x:${SANDBOX_USER_ID}:${SANDBOX_USER_ID}::/tmp/home:/bin/sh\n`,
  '/etc/group': `root:x:0:\nagent:x:${SANDBOX_USER_ID}:\n`,
  '/etc/hosts': '127.0.0.1 localhost sandbox\n::1 localhost\n',
  '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
}
