import type { KnownCause } from '../known-cause.ts'

export const missingFile: KnownCause = {
  id: 'missing-file',
  topics: ['file', 'enoent', 'path', 'config'],
  weight: 0.65,
  patterns: [
    /\bspawn (?<command>\S{1,200}) ENOENT/,
    /\bENOENT\b(?:: no such file or directory, \w{1,20} '(?<file>[^']{1,400})')?/,
    /FileNotFoundError: .{0,60}?(?:'(?<file>[^']{1,400})')?$/,
    /\bopen (?<file>\S{1,400}): no such file or directory/,
    /java\.io\.FileNotFoundException: (?<file>\S{1,400})/,
    /\b(?:sh|bash): (?:line )?(?:\d{1,5}: )?(?<command>\S{1,100}): (?:command )?not found/,
  ],
  explain({ file, command }, { where }) {
    if (command !== undefined) return `The command ${command} is not installed, or not on the PATH${where}.`
    return `${file === undefined ? 'A file' : `The file ${file}`} does not exist where the program looks${where}: it was never made, is not shipped along, or the path depends on the folder that the program was started in.`
  },
  monitoring: ['Check at the start that files and commands that are needed exist, and name those that are missing.'],
}

export const permissionDenied: KnownCause = {
  id: 'permission-denied',
  topics: ['file', 'permission', 'eacces', 'access'],
  weight: 0.65,
  patterns: [
    /listen EACCES: permission denied \S{0,100}?:(?<port>\d{1,5})/,
    /\b(?:EACCES|EPERM)\b(?:: (?:permission denied|operation not permitted), \w{1,20} '(?<file>[^']{1,400})')?/,
    /PermissionError: .{0,60}?(?:'(?<file>[^']{1,400})')?$/,
    /\b(?:open|mkdir|exec) (?<file>\S{1,400}): permission denied/,
  ],
  explain({ port, file }, { where }) {
    if (port !== undefined) {
      return `The process may not listen on port ${port}${where}; ports below 1024 need privileges that it does not have.`
    }
    return `The user of the process may not use ${file ?? 'a file'}${where}: its owner or mode is another's, or it lies on a read-only volume.`
  },
  monitoring: ['Check at the start that folders to write in are writable, and log the user that the process runs as.'],
}

export const diskFull: KnownCause = {
  id: 'disk-full',
  topics: ['file', 'disk', 'enospc', 'storage', 'space'],
  weight: 0.75,
  patterns: [
    /(?<watchers>ENOSPC: System limit for number of file watchers reached)/,
    /\bENOSPC\b/,
    /No space left on device/i,
    /could not extend file .{1,200}: No space/,
  ],
  explain: ({ watchers }, { where }) =>
    watchers === undefined
      ? `The disk (or its inodes) is full${where}, so that nothing more can be written.`
      : `The system's limit of watched files is reached${where}; this is about inotify watches, not about the disk.`,
  monitoring: ['Alert on free disk space and free inodes well before they run out, and rotate logs.'],
}

export const tooManyFiles: KnownCause = {
  id: 'too-many-files',
  topics: ['file', 'emfile', 'descriptor', 'leak'],
  weight: 0.65,
  patterns: [/\b(?:EMFILE|ENFILE)\b/, /too many open files/i],
  explain: (_, { where }) =>
    `The limit of open files is reached${where}: files or sockets are not closed, or too many are opened at once.`,
  monitoring: ['Record the number of open file descriptors; a steady rise is a leak.'],
}
