import { expect, test } from 'vitest'
import { type BubblewrapSituation, explainBubblewrap } from './explain-bubblewrap.ts'

const open = {
  maxUserNamespaces: 1000,
  isUnprivilegedCloneAllowed: null,
  isRestrictedByAppArmor: null,
  isInContainer: false,
}
const situation: BubblewrapSituation = {
  executable: '/usr/bin/bwrap',
  system: { platform: 'linux', isRoot: false, packageManagers: ['apt-get'] },
  namespaces: open,
}
const REFUSED = 'bwrap: No permissions to create new namespace'

test.each([
  ['a missing bwrap', { ...situation, executable: null }, '', 'sudo apt-get install -y bubblewrap'],
  [
    'switched off user namespaces',
    { ...situation, namespaces: { ...open, maxUserNamespaces: 0 } },
    REFUSED,
    'sudo sysctl -w user.max_user_namespaces=15000',
  ],
  [
    'user namespaces for root only',
    { ...situation, namespaces: { ...open, isUnprivilegedCloneAllowed: false } },
    REFUSED,
    'sudo sysctl -w kernel.unprivileged_userns_clone=1',
  ],
  [
    'AppArmor',
    { ...situation, namespaces: { ...open, isRestrictedByAppArmor: true } },
    'bwrap: setting up uid map: Permission denied',
    'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
  ],
  ['an old bwrap', situation, 'bwrap: Unknown option --disable-userns', 'sudo apt-get install -y bubblewrap'],
])('names the command that helps against %s', (_name, given, message, remedy) => {
  expect(explainBubblewrap(message, given)).toMatchObject({ available: false, remedy })
})

test('a container is told how to be started', () => {
  const given = { ...situation, namespaces: { ...open, isInContainer: true } }
  expect(explainBubblewrap(REFUSED, given).remedy).toContain('--security-opt seccomp=unconfined')
})

test('anything else is passed on as bwrap said it', () => {
  expect(explainBubblewrap('cannot pass /root', situation)).toEqual({ available: false, reason: 'cannot pass /root' })
})
