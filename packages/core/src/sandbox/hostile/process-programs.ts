import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { SYSCALL_NUMBERS } from '../syscall-numbers.ts'
import type { HostileProgram } from './hostile-program.ts'

/** Programs that go for other processes, their memory and environment, or for more rights. */
export const PROCESS_PROGRAMS: readonly HostileProgram[] = [
  {
    name: 'environment',
    intent: "find the service's environment in its own or in /proc/*/environ",
    containedBy: 'an environment of its own, also for the launcher',
    interpreter: 'sh',
    // Everything that the sandbox and the scene set; a name beside them came from the service.
    text: `known='^(PATH|HOME|TMPDIR|LANG|CI|NO_COLOR|PWD|SHLVL|_|OLDPWD|CODEX_SANDBOX_RUN|OUTSIDE|FAKEHOME|OTHERRUN|PORT|HOSTIP|ABSTRACT|VICTIM|HOSTILE_TOKEN)='
      { env; for p in /proc/[0-9]*; do tr '\\0' '\\n' < "$p/environ"; done; } 2>/dev/null | grep -a = | grep -aEv "$known" | sed 's/=.*//; s/^/LEAK variable /'; exit 0`,
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'command-lines',
    intent: "read the host's layout out of command lines in /proc",
    containedBy: 'options pass through a descriptor, not through a command line',
    interpreter: 'sh',
    text: 'for p in /proc/[0-9]*; do tr "\\0" "\\n" < "$p/cmdline"; done 2>/dev/null | grep -q "^--[r]o-bind$" && echo LEAK mount list of the sandbox; exit 0',
    isFast: true,
  },
  {
    name: 'signal-bystander',
    intent: 'signal a process of the host by its number',
    containedBy: 'pid namespace',
    interpreter: 'sh',
    text: 'kill -TERM "$VICTIM"; kill -KILL "$VICTIM"; exit 0',
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'trace-bystander',
    intent: 'attach to a process of the host, or of its own sandbox, as a debugger does',
    containedBy: 'pid namespace, and the system call filter refuses ptrace',
    interpreter: 'sh',
    // PTRACE_ATTACH is 16 and PTRACE_SEIZE 0x4206 everywhere; the number of the call is not.
    text: `command -v perl >/dev/null || { echo SKIP perl is not installed; exit 0; }
      sleep 5 & peer=$!
      exec perl -e 'my $call = \`uname -m\` =~ /aarch64/ ? ${SYSCALL_NUMBERS.ptrace[1]} : ${SYSCALL_NUMBERS.ptrace[0]};
        for my $pid (@ARGV) { for my $request (16, 0x4206) { print "LEAK ptrace $request of $pid\\n" if syscall($call, $request, $pid + 0, 0, 0) == 0 } }' "$VICTIM" 1 "$peer"`,
    isHarmless: true,
  },
  {
    name: 'kill-everything',
    intent: 'kill every process of the host',
    containedBy: 'pid namespace',
    interpreter: 'sh',
    text: 'setsid sh -c "trap : TERM; kill -9 -1" 2>/dev/null; exit 0',
    isFast: true,
  },
  {
    name: 'read-bystander',
    intent: "read a host process's environment, memory and descriptors",
    containedBy: 'pid namespace: /proc shows its own processes only',
    interpreter: 'sh',
    text: 'exec 2>/dev/null; cat /proc/$VICTIM/environ; head -c 1 /proc/$VICTIM/mem && echo LEAK memory; ls /proc/$VICTIM/fd | grep -q . && echo LEAK descriptors; exit 0',
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'process-list',
    intent: 'see the processes of the host',
    containedBy: 'pid namespace: /proc shows its own processes only',
    interpreter: 'sh',
    text: 'n=$(ls /proc | grep -c "^[0-9]"); [ "$n" -gt 10 ] && echo "LEAK $n processes are visible"; exit 0',
    isFast: true,
  },
  {
    name: 'inherited-descriptors',
    intent: 'use a file or socket that the service left open',
    containedBy: 'descriptors of the service are covered before the start',
    interpreter: 'sh',
    // Copies of its own output and what the shell has open are no finds.
    text: `own="|$(for n in 0 1 2; do readlink /proc/$$/fd/$n; done | tr '\\n' '|')"
      ls -l /proc/1/fd /proc/$$/fd > list
      sed -n 's/.* -> //p' list | while read -r t; do
        case "$own" in *"|$t|"*) continue ;; esac
        case "$t" in /dev/null | /proc/* | "$PWD/list") ;; *) echo "LEAK a descriptor is $t" ;; esac
      done; exit 0`,
    isFast: true,
  },
  {
    name: 'daemon',
    intent: 'leave a daemon behind',
    containedBy: 'pid namespace: its end takes everything along',
    interpreter: 'sh',
    text: '(setsid sh -c "trap : TERM HUP; while :; do sleep 1; done" > /dev/null 2>&1 &); exit 0',
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'daemon-on-timeout',
    intent: 'leave a daemon behind that ignores signals while the command runs into its time limit',
    containedBy: 'pid namespace: its end takes everything along',
    interpreter: 'sh',
    text: '(setsid sh -c "trap : TERM HUP INT; (setsid sleep 600 &); sleep 600" &); trap : TERM; sleep 600 & wait',
    limits: { wallMs: 500 },
    findLeak: (_scene, { limit }) => (limit === 'wall' ? null : 'the time limit did not end it'),
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'daemon-holds-output',
    intent: 'make the service wait for a daemon that holds its output open',
    containedBy: 'the executor settles on the exit of the command and not on the end of its output',
    interpreter: 'sh',
    text: '(setsid sleep 600 &); echo done; exit 0',
    findLeak: (_scene, { limit }) => (limit === null ? null : 'the service waited until the time limit'),
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'stop-everything',
    intent: 'hang the service by stopping itself and process 1',
    containedBy: 'wall limit, and the kernel keeps process 1 from inside signals',
    interpreter: 'sh',
    text: 'kill -STOP 1; kill -KILL 1; kill -STOP $$; sleep 600',
    limits: { wallMs: 500 },
    findLeak: (_scene, { limit }) => (limit === 'wall' ? null : 'the time limit did not end it'),
    isFast: true,
  },
  {
    name: 'set-id-file',
    intent: 'leave a set-id program for other users of the host',
    containedBy: 'system call filter: no mode with set-id bits',
    interpreter: 'sh',
    text: 'cp /bin/sh shell; chmod 6755 shell; chmod u+s shell; install -m 4755 /bin/sh second; exit 0',
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'set-id-on-creation',
    intent: 'create a set-id program in one call, past chmod',
    containedBy: 'system call filter: no mode with set-id bits',
    interpreter: 'node',
    text: `import fs from 'node:fs'
      process.umask(0)
      for (const mode of [0o4755, 0o2755, 0o6777]) try { fs.writeSync(fs.openSync('f' + mode, 'w', mode), 'x') } catch {}
      try { fs.closeSync(fs.openSync('.', 0o20200000 | 2, 0o4755)) } catch {}`,
    isHarmless: true,
  },
  {
    name: 'is-root',
    intent: 'run as the root user, in the sandbox or under the mask of another user on the host',
    containedBy: 'user namespace with one user, who is an unprivileged one of the host',
    interpreter: 'sh',
    text: `[ "$(id -u)" = 0 ] && echo "LEAK user id 0"; [ "$(id -g)" = 0 ] && echo "LEAK group id 0"; touch mine; exit 0`,
    // Inside it cannot be told which user of the host one is; the owner of its files tells.
    findLeak: ({ worktree }) =>
      lstatSync(join(worktree, 'mine')).uid === 0 ? 'its files belong to root on the host' : null,
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'become-root',
    intent: 'get root through su, sudo, set-id programs of the system or file capabilities',
    containedBy: 'no-new-privileges, no capabilities, user 1000 in a user namespace with one user',
    interpreter: 'sh',
    text: `exec 2>/dev/null
      [ "$(id -u)" = 0 ] && echo LEAK is root already
      for c in "su -c id" "sudo -n id" "pkexec id" "newgrp root"; do $c </dev/null | grep -q "uid=0" && echo "LEAK $c"; done
      cp /bin/sh caps; setcap cap_sys_admin+ep caps && echo LEAK file capabilities
      grep -E "^Cap(Prm|Eff|Bnd|Amb)" /proc/self/status | grep -qv 0000000000000000 && echo LEAK capabilities
      grep -q "NoNewPrivs:.1" /proc/self/status || echo LEAK new privileges
      grep -q "Seccomp:.2" /proc/self/status || echo LEAK no seccomp
      exit 0`,
  },
  {
    name: 'terminal',
    intent: 'reach the terminal of the service',
    containedBy: 'a session of its own',
    interpreter: 'sh',
    text: '(: > /dev/tty) 2>/dev/null && echo LEAK a terminal; exit 0',
  },
  {
    name: 'priority',
    intent: 'take precedence over the service: negative niceness, protection from the out-of-memory killer',
    containedBy: 'no capabilities',
    interpreter: 'sh',
    text: 'exec 2>/dev/null; [ "$(nice -n -10 nice)" -lt 0 ] && echo LEAK niceness; (echo -1000 > /proc/self/oom_score_adj) && echo LEAK oom_score_adj; chrt -f 50 true && echo LEAK real-time scheduling; exit 0',
  },
  {
    name: 'raise-limits',
    intent: 'raise its own resource limits',
    containedBy: 'hard resource limits',
    interpreter: 'sh',
    text: 'for o in t f; do (ulimit -H -$o unlimited) 2>/dev/null && echo "LEAK ulimit -$o"; done; exit 0',
    isFast: true,
  },
  {
    name: 'memory-of-init',
    intent: 'take over the launcher to get more rights than its own',
    containedBy: 'process 1 has no more rights than the program',
    interpreter: 'sh',
    // Writing into process 1 gains nothing that the program has not: it must have the same filter and no capabilities.
    text: 'grep -q "Seccomp:.2" /proc/1/status || echo LEAK process 1 has no filter; grep "^CapEff" /proc/1/status | grep -qv 0000000000000000 && echo LEAK process 1 has capabilities; exit 0',
  },
]
