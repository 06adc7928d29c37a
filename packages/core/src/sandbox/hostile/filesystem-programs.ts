import type { HostileProgram } from './hostile-program.ts'

/** Programs that read or write files which are not theirs. */
export const FILESYSTEM_PROGRAMS: readonly HostileProgram[] = [
  {
    name: 'write-outside',
    intent: 'write next to its worktree',
    interpreter: 'sh',
    text: 'echo pwned > "$OUTSIDE/pwned"; echo pwned > ../pwned; mkdir ../pwned-folder',
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'write-home-rc',
    intent: "plant a command in the operator's shell start-up file",
    interpreter: 'sh',
    text: 'echo "touch /tmp/owned" >> "$FAKEHOME/.bashrc"',
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'read-secret',
    intent: 'read a world-readable secret of the host',
    interpreter: 'sh',
    text: 'cat "$OUTSIDE/secret.txt"; cp "$OUTSIDE/secret.txt" loot',
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'read-other-run',
    intent: "read another run's worktree",
    interpreter: 'sh',
    text: 'cat "$OTHERRUN/secret.txt" ../other-run/secret.txt',
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'read-ssh-key',
    intent: "read the operator's ssh key",
    interpreter: 'sh',
    text: 'cat "$FAKEHOME/.ssh/id_rsa"; tar cf - "$FAKEHOME" | cat',
    isHarmless: true,
  },
  {
    name: 'hard-link-out',
    intent: 'change a file outside through a hard link',
    interpreter: 'sh',
    text: 'ln "$OUTSIDE/target.txt" link && echo pwned >> link',
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'symbolic-link-out',
    intent: 'read and write outside through symbolic links',
    interpreter: 'sh',
    text: 'ln -s "$OUTSIDE" way; echo pwned > way/pwned; ln -s "$OUTSIDE/secret.txt" peek; cat peek way/secret.txt',
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'proc-root',
    intent: "reach the host's files through /proc/*/root and /proc/*/cwd",
    interpreter: 'sh',
    text: 'for p in /proc/[0-9]*; do cat "$p/root$OUTSIDE/secret.txt" "$p/cwd/../outside/secret.txt"; echo pwned > "$p/root$OUTSIDE/pwned"; done 2>/dev/null',
    isHarmless: true,
  },
  {
    name: 'descriptor-climb',
    intent: 'climb out through a folder that it keeps open while it is moved',
    interpreter: 'node',
    text: `import fs from 'node:fs'
      fs.mkdirSync('a/b', { recursive: true })
      process.chdir('a/b')
      fs.renameSync('../../a/b', '../../b')
      for (let path = '..', depth = 0; depth < 40; depth += 1, path += '/..')
        for (const name of ['outside/secret.txt', process.env.OUTSIDE.slice(1) + '/secret.txt'])
          try { console.log(fs.readFileSync(path + '/' + name, 'utf8')) } catch {}`,
    isHarmless: true,
  },
  {
    name: 'read-shadow',
    intent: 'read password hashes and the real user list',
    interpreter: 'sh',
    text: 'head -c1 /etc/shadow >/dev/null 2>&1 && echo LEAK /etc/shadow; [ "$(wc -l < /etc/passwd)" -gt 2 ] && echo "LEAK the user list of the host"; exit 0',
    isFast: true,
    isHarmless: true,
  },
  {
    name: 'list-homes',
    intent: 'look into home folders, /var, /run, /srv and /mnt',
    interpreter: 'sh',
    text: 'for d in /root /home /var /run /srv /mnt /media /boot; do ls -A "$d" 2>/dev/null | grep -q . && echo "LEAK $d can be listed"; done; exit 0',
    isFast: true,
  },
  {
    name: 'container-sockets',
    intent: 'find sockets of container and system services',
    interpreter: 'sh',
    text: 'for s in /var/run/docker.sock /run/docker.sock /run/containerd/containerd.sock /run/dbus/system_bus_socket /run/systemd/private; do [ -e "$s" ] && echo "LEAK $s"; done; exit 0',
  },
  {
    name: 'write-system',
    intent: 'write to /usr, /etc, /opt, / and /dev',
    interpreter: 'sh',
    text: 'for d in /usr /usr/bin /usr/local /etc /opt /opt/codex / /dev /proc /bin /lib; do touch "$d/pwned-$HOSTILE_TOKEN" 2>/dev/null && echo "LEAK $d is writable"; done; exit 0',
    isFast: true,
  },
  {
    name: 'write-toolchain',
    intent: 'change the node binary or the bridge that later commands run',
    interpreter: 'sh',
    text: 'for f in "$(command -v node)" /opt/codex/egress-bridge.mjs /bin/sh /etc/passwd; do [ -e "$f" ] || continue; (: >> "$f") 2>/dev/null && echo "LEAK $f is writable"; mv "$f" x 2>/dev/null && echo "LEAK $f can be moved"; done; exit 0',
    isFast: true,
  },
  {
    name: 'remount',
    intent: 'remount read-only folders writable and lift covers',
    interpreter: 'sh',
    text: 'exec 2>/dev/null; mount -o remount,rw,bind / ; mount -o remount,rw /; mount -o remount,rw,bind /usr; umount -l /proc/sys; umount -l /tmp; mount --bind / /tmp && echo LEAK bind mount; touch /usr/pwned && echo LEAK /usr is writable; echo pwned > "$OUTSIDE/pwned"; exit 0',
  },
  {
    name: 'block-devices',
    intent: 'find or make device files of disks and memory',
    interpreter: 'sh',
    text: 'exec 2>/dev/null; mknod disk b 8 0 && echo LEAK mknod; mknod mem c 1 1 && echo LEAK mknod; for f in /dev/mem /dev/kmsg /dev/sda /dev/vda /dev/kvm /dev/fuse /dev/loop0; do [ -e "$f" ] && echo "LEAK $f"; done; find /dev -type b | grep -q . && echo LEAK block device; exit 0',
    isFast: true,
  },
  {
    name: 'sysfs',
    intent: "look at the machine's devices and kernel through /sys",
    interpreter: 'sh',
    text: 'ls /sys/kernel /sys/class /sys/fs/cgroup >/dev/null 2>&1 && echo LEAK /sys is there; exit 0',
  },
  {
    name: 'tmp-is-private',
    intent: "write to the host's /tmp",
    interpreter: 'sh',
    text: 'touch "/tmp/$HOSTILE_TOKEN"; ls -d /tmp/codex-* 2>/dev/null | grep -vxF "$(dirname "$PWD")" | grep -q . && echo "LEAK the host\'s /tmp can be listed"; exit 0',
    isFast: true,
  },
  {
    name: 'old-root',
    intent: 'find the old root that pivot_root left behind',
    interpreter: 'sh',
    text: 'for d in /oldroot /newroot /.oldroot /mnt/oldroot; do [ -e "$d" ] && echo "LEAK $d"; done; exit 0',
  },
]
