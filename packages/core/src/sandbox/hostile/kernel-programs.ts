import { SYSCALL_NUMBERS } from '../syscall-numbers.ts'
import type { HostileProgram } from './hostile-program.ts'

/** `name => number arguments` of calls that must fail for lack of rights or for absence, tried through Perl. */
const SURFACE = [
  ...(['bpf 0 0 0', 'perf_event_open 0 0 -1 -1 0', 'userfaultfd 0', 'io_uring_setup 1 0', 'keyctl 0 -3 0'] as const),
  ...(['add_key 0 0 0 0 0', 'request_key 0 0 0 0', 'ptrace 0 0 0 0', 'unshare 268435456', 'setns -1 0'] as const),
  ...(['open_by_handle_at -1 0 0', 'name_to_handle_at -1 0 0 0 0', 'fsopen 0 0', 'fsmount -1 0 0'] as const),
  ...(['open_tree -1 0 0', 'move_mount -1 0 -1 0 0', 'mount_setattr -1 0 0 0 0', 'mount 0 0 0 0 0'] as const),
  ...(['umount2 0 0', 'pivot_root 0 0', 'chroot 0', 'kexec_load 0 0 0 0', 'init_module 0 0 0'] as const),
  ...(['finit_module -1 0 0', 'delete_module 0 0', 'process_vm_readv 1 0 0 0 0 0', 'pidfd_getfd -1 0 0'] as const),
  ...(['kcmp 1 1 0 0 0', 'memfd_create 0 0', 'memfd_secret 0', 'openat2 -1 0 0 0', 'clone3 0 0'] as const),
  ...(['swapon 0 0', 'reboot 0 0 0 0', 'syslog 10 0 0', 'settimeofday 0 0', 'clock_settime 0 0'] as const),
  ...(['fanotify_init 0 0', 'personality 262144', 'move_pages 0 0 0 0 0 0', 'quotactl 0 0 0 0', 'acct 0'] as const),
  ...(['socket 40 1 0', 'socket 17 3 0', 'socket 38 5 0', 'socket 16 3 12', 'socket 2 3 1', 'msgget 0 512'] as const),
  ...(['shmget 0 1073741824 512', 'mq_open 0 0 0 0', 'sethostname 0 0', 'vhangup', 'vmsplice -1 0 0 0'] as const),
]

/** Perl's table of the calls for both architectures; Perl itself knows no numbers. */
function surfaceTable(column: 0 | 1): string {
  return SURFACE.flatMap((line) => {
    const [name = '', ...args] = line.split(' ')
    const number = Object.entries(SYSCALL_NUMBERS).find(([known]) => known === name)?.[1][column]
    return number === null || number === undefined ? [] : [`['${name}', ${[number, ...args].join(', ')}]`]
  }).join(', ')
}

/** Programs that look for weak spots of the kernel. */
export const KERNEL_PROGRAMS: readonly HostileProgram[] = [
  {
    name: 'syscall-surface',
    intent: 'reach system calls that kernel exploits begin with',
    containedBy: 'system call filter',
    interpreter: 'sh',
    // EPERM 1, ESRCH would mean that it got further; EACCES 13, ENOSYS 38, EAFNOSUPPORT 97 are refusals.
    text: `command -v perl >/dev/null || { echo SKIP perl is not installed; exit 0; }
exec perl -e 'my $m = \`uname -m\`; my @calls = $m =~ /aarch64/ ? (${surfaceTable(1)}) : (${surfaceTable(0)});
for (@calls) { my ($name, @a) = @$_; $! = 0; my $r = syscall($a[0], @a[1..$#a]); my $e = $! + 0;
print "LEAK $name (" . join(",", @a[1..$#a]) . ") answered $r, errno $e\\n" unless $r < 0 && ($e == 1 || $e == 13 || $e == 38 || $e == 97); }'`,
    isFast: true,
  },
  {
    name: 'namespaces',
    intent: 'make namespaces of its own, in which it is root',
    containedBy: '--disable-userns and the system call filter',
    interpreter: 'sh',
    text: 'exec 2>/dev/null; for o in -U -Ur -n -m -p -Urn -i -u -C -T; do unshare $o true && echo "LEAK unshare $o"; done; bwrap --ro-bind / / true && echo LEAK nested bwrap; exit 0',
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'join-namespaces',
    intent: "enter the host's namespaces",
    containedBy: 'system call filter, no capabilities',
    interpreter: 'sh',
    text: 'exec 2>/dev/null; nsenter -t 1 -m -u -n -i true && echo LEAK nsenter 1; nsenter -t "$VICTIM" -a true && echo LEAK nsenter host; exit 0',
  },
  {
    name: 'kernel-settings',
    intent: "change the kernel's settings, such as the program that gets core dumps",
    containedBy: '/proc/sys is mounted read-only, and the user is not root',
    interpreter: 'sh',
    text: `exec 2>/dev/null
      for f in /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sysrq-trigger /proc/sys/vm/drop_caches /proc/sys/fs/binfmt_misc/register /proc/irq/default_smp_affinity /proc/sys/kernel/hostname /proc/sys/net/ipv4/ip_forward; do
        (: >> "$f") && echo "LEAK $f opens for writing"; done; exit 0`,
    isFast: true,
  },
  {
    name: 'kernel-secrets',
    intent: 'read kernel memory, addresses and the kernel log',
    containedBy: 'the user is not root on the host',
    interpreter: 'sh',
    text: 'exec 2>/dev/null; head -c 64 /proc/kcore | grep -q . && echo LEAK /proc/kcore; head -1 /proc/kallsyms | grep -qv "^0000000000000000" && echo LEAK kernel addresses; dmesg | grep -q . && echo LEAK kernel log; head -c 1 /proc/1/kpagemap /proc/kpageflags && echo LEAK page maps; exit 0',
  },
  {
    name: 'cgroups',
    intent: 'get a command run on the host by a cgroup release agent',
    containedBy: 'no capabilities, no cgroup file system',
    interpreter: 'sh',
    text: 'exec 2>/dev/null; mkdir c && mount -t cgroup -o rdma cgroup c && echo LEAK cgroup mount; find / -xdev -name release_agent -writable | grep -q . && echo LEAK release agent; exit 0',
  },
  {
    name: 'clock-and-name',
    intent: "set the machine's clock or name",
    containedBy: 'no capabilities, uts namespace',
    interpreter: 'sh',
    text: 'exec 2>/dev/null; before=$(hostname); date -s 2001-01-01 >/dev/null && echo LEAK clock; hostname pwned && echo LEAK hostname; [ "$before" = sandbox ] || echo "LEAK the name of the host"; exit 0',
  },
  {
    name: 'foreign-architecture',
    intent: 'get past the filter with 32-bit system calls',
    containedBy: 'system call filter: another architecture is killed',
    interpreter: 'sh',
    // A tiny i386 program: exit(7) through int 0x80. The filter must kill it at its first call.
    text: `[ "$(uname -m)" = x86_64 ] || { echo SKIP needs x86_64; exit 0; }
      printf '\\177ELF\\1\\1\\1\\0\\0\\0\\0\\0\\0\\0\\0\\0\\2\\0\\3\\0\\1\\0\\0\\0\\124\\200\\4\\10\\64\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\64\\0\\40\\0\\1\\0\\0\\0\\0\\0\\0\\0\\1\\0\\0\\0\\0\\0\\0\\0\\0\\200\\4\\10\\0\\200\\4\\10\\140\\0\\0\\0\\140\\0\\0\\0\\5\\0\\0\\0\\0\\20\\0\\0\\270\\1\\0\\0\\0\\273\\7\\0\\0\\0\\315\\200' > old
      chmod 755 old; ./old; [ $? = 7 ] && echo LEAK 32-bit calls; exit 0`,
  },
  {
    name: 'core-dump',
    intent: 'leave core dumps',
    containedBy: 'hard core limit of 0',
    interpreter: 'sh',
    text: 'ulimit -c unlimited 2>/dev/null && echo LEAK core limit raised; sh -c "kill -SEGV \\$\\$"; ls core* 2>/dev/null | grep -q . && echo LEAK core dump; exit 0',
  },
]
