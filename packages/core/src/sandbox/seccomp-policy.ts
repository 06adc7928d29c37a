import {
  assembleGuard,
  assembleMatch,
  type BpfInstruction,
  encodeProgram,
  SECCOMP,
  SECCOMP_DATA,
  type WordTest,
} from './seccomp-program.ts'
import { type FilterArchitecture, type SyscallName, syscallNumber } from './syscall-numbers.ts'

const ERRNO = { EPERM: 1, ENOSYS: 38, EOPNOTSUPP: 95, EAFNOSUPPORT: 97 } as const
const AUDIT_ARCHITECTURE = { x64: 0xc000_003e, arm64: 0xc000_00b7 } as const
/**
 * Calls with higher numbers (the same on both architectures) came after this list was last gone through, at Linux 6.18:
 * nobody has thought about them yet. The x32 ABI, a second way to every call on x64, lies far above.
 */
const LAST_REVIEWED = 469 // file_setattr

const SET_ID_BITS = 0o6000
const CREATING_FLAGS = 0o100 | 0o20000000 // O_CREAT | __O_TMPFILE
const NAMESPACE_FLAGS = 0x7e02_0000 // CLONE_NEWUSER, NEWNS, NEWPID, NEWNET, NEWIPC, NEWUTS, NEWCGROUP
const TERMINAL_INJECTION = [0x5412, 0x541c] // TIOCSTI, TIOCLINUX
const SOCKET_DOMAIN = { UNIX: 1, INET: 2, INET6: 10, NETLINK: 16 } as const
/** SysV segments outlive every mapping, so the watchdog cannot see them; databases need one of a few bytes. */
const SHARED_SEGMENT_BYTES = 65_536

/** Refused with EPERM whatever the arguments: other processes' memory, mounts, kernel attack surface, the clock. */
const FORBIDDEN: readonly SyscallName[] = [
  ...(['ptrace', 'process_vm_readv', 'process_vm_writev', 'pidfd_getfd', 'kcmp'] as const),
  ...(['process_madvise', 'process_mrelease', 'mount', 'umount2', 'pivot_root', 'chroot'] as const),
  ...(['setns', 'unshare', 'fsopen', 'fsconfig', 'fsmount', 'fspick', 'move_mount', 'open_tree'] as const),
  ...(['open_tree_attr', 'mount_setattr', 'statmount', 'listmount', 'bpf', 'perf_event_open'] as const),
  ...(['userfaultfd', 'kexec_load', 'kexec_file_load', 'init_module', 'finit_module', 'delete_module'] as const),
  ...(['keyctl', 'add_key', 'request_key', 'io_uring_setup', 'io_uring_enter', 'io_uring_register'] as const),
  ...(['open_by_handle_at', 'name_to_handle_at', 'swapon', 'swapoff', 'reboot', 'acct'] as const),
  ...(['quotactl', 'quotactl_fd', 'syslog', 'settimeofday', 'clock_settime', 'adjtimex'] as const),
  ...(['clock_adjtime', 'personality', 'lookup_dcookie', 'fanotify_init', 'fanotify_mark'] as const),
  ...(['vmsplice', 'mbind', 'migrate_pages', 'move_pages', 'set_mempolicy', 'nfsservctl'] as const),
  ...(['set_mempolicy_home_node', 'vhangup', 'sethostname', 'setdomainname', 'iopl', 'ioperm'] as const),
  ...(['modify_ldt', 'uselib', 'ustat', 'sysfs', '_sysctl', 'mknod', 'mknodat'] as const),
]

/**
 * Answered as by a kernel without the call, so that libraries take their older way. clone3 and openat2 hide their
 * arguments behind a pointer; memfd and message queues hold memory that belongs to no process.
 */
const ABSENT: readonly SyscallName[] = ['clone3', 'openat2', 'memfd_create', 'memfd_secret', 'msgget', 'mq_open']

interface ConditionalRule {
  readonly call: SyscallName
  readonly when: readonly WordTest[]
  readonly errno: number
}

const argument = (index: number, test: WordTest['test'], value: number): WordTest => ({
  offset: SECCOMP_DATA.argument(index),
  test,
  value,
})

const setIdRule = (call: SyscallName, modeArgument: number): ConditionalRule => ({
  call,
  when: [argument(modeArgument, 'any_bit', SET_ID_BITS)],
  errno: ERRNO.EPERM,
})

const CONDITIONAL: readonly ConditionalRule[] = [
  { call: 'clone', when: [argument(0, 'any_bit', NAMESPACE_FLAGS)], errno: ERRNO.EPERM },
  // Without preallocation a disk fills no faster than it can be written, which the watchdog keeps up with.
  { call: 'fallocate', when: [], errno: ERRNO.EOPNOTSUPP },
  setIdRule('chmod', 1),
  setIdRule('fchmod', 1),
  setIdRule('fchmodat', 2),
  setIdRule('fchmodat2', 2),
  setIdRule('creat', 1),
  {
    call: 'open',
    when: [argument(1, 'any_bit', CREATING_FLAGS), argument(2, 'any_bit', SET_ID_BITS)],
    errno: ERRNO.EPERM,
  },
  {
    call: 'openat',
    when: [argument(2, 'any_bit', CREATING_FLAGS), argument(3, 'any_bit', SET_ID_BITS)],
    errno: ERRNO.EPERM,
  },
  ...TERMINAL_INJECTION.map(
    (request): ConditionalRule => ({
      call: 'ioctl',
      when: [argument(1, 'equal', request)],
      errno: ERRNO.EPERM,
    }),
  ),
  { call: 'shmget', when: [argument(1, 'greater', SHARED_SEGMENT_BYTES)], errno: ERRNO.EPERM },
  {
    call: 'shmget',
    when: [{ offset: SECCOMP_DATA.argumentHigh(1), test: 'greater', value: 0 }],
    errno: ERRNO.EPERM,
  },
  {
    call: 'socket',
    when: Object.values(SOCKET_DOMAIN).map((domain) => argument(0, 'not_equal', domain)),
    errno: ERRNO.EAFNOSUPPORT,
  },
  // NETLINK_ROUTE (0) lists interfaces; every other family is kernel surface.
  {
    call: 'socket',
    when: [argument(0, 'equal', SOCKET_DOMAIN.NETLINK), argument(2, 'not_equal', 0)],
    errno: ERRNO.EAFNOSUPPORT,
  },
  { call: 'socketpair', when: [argument(0, 'not_equal', SOCKET_DOMAIN.UNIX)], errno: ERRNO.EAFNOSUPPORT },
]

/**
 * The filter of the sandbox: a deny list, since toolchains use most of the rest. Foreign architectures are killed,
 * because their numbers mean other calls.
 */
export function assembleSandboxFilter(architecture: FilterArchitecture): readonly BpfInstruction[] {
  const call: WordTest = { offset: SECCOMP_DATA.SYSCALL, test: 'equal', value: 0 }
  const numbers = (names: readonly SyscallName[]) =>
    names.map((name) => syscallNumber(name, architecture)).filter((number) => number !== null)
  const program: BpfInstruction[] = [
    ...assembleGuard(
      [{ offset: SECCOMP_DATA.ARCHITECTURE, test: 'not_equal', value: AUDIT_ARCHITECTURE[architecture] }],
      SECCOMP.KILL_PROCESS,
    ),
  ]
  program.push(
    ...assembleGuard([{ ...call, test: 'greater', value: LAST_REVIEWED }], SECCOMP.ERRNO | ERRNO.ENOSYS),
    ...assembleMatch(SECCOMP_DATA.SYSCALL, numbers(FORBIDDEN), SECCOMP.ERRNO | ERRNO.EPERM),
    ...assembleMatch(SECCOMP_DATA.SYSCALL, numbers(ABSENT), SECCOMP.ERRNO | ERRNO.ENOSYS),
  )
  for (const rule of CONDITIONAL) {
    const number = syscallNumber(rule.call, architecture)
    if (number !== null) {
      program.push(...assembleGuard([{ ...call, value: number }, ...rule.when], SECCOMP.ERRNO | rule.errno))
    }
  }
  program.push(...assembleGuard([], SECCOMP.ALLOW))
  return program
}

/** The filter as bwrap's `--seccomp` reads it. */
export function buildSandboxFilter(architecture: FilterArchitecture): Buffer {
  return encodeProgram(assembleSandboxFilter(architecture))
}
