import { undumpableLibrary } from './undumpable-library.ts'

const LIBRARY = 'undumpable.node'

/**
 * First thing that runs in a runner's own process, before any code of the project: closes the ways by which a test could
 * look into this process (memory, descriptors, debugger), takes the key off standard input, and hands out, once, the
 * function that writes a report under its seal. What is written is the HMAC-SHA256 of the text, a line break and the text.
 */
const SEAL = `'use strict'
const { createHmac } = require('node:crypto')
const { closeSync, openSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

// Without a listener this signal opens a debugger that every process of the sandbox could connect to.
process.on('SIGUSR1', () => {})
try {
  process.dlopen({ exports: {} }, join(__dirname, '${LIBRARY}'))
} catch {
  // It never registers as a module of Node; its work is done when it is loaded.
}
const key = readFileSync(0, 'utf8')
closeSync(0)
openSync('/dev/null', 'r') // takes the free place, which libuv insists on

let isTaken = false
exports.takeSeal = () => {
  if (isTaken) throw new Error('The seal was handed out already.')
  isTaken = true
  return (name, text) => {
    const path = join(__dirname, name)
    rmSync(path, { recursive: true, force: true })
    writeFileSync(path, createHmac('sha256', key).update(text).digest('hex') + '\\n' + text, { flag: 'wx' })
  }
}
`

/** Files that every sealing entry needs beside it. */
export function sealFiles(): Readonly<Record<string, string | Buffer>> {
  const library = process.platform === 'linux' ? undumpableLibrary(process.arch) : null
  return { 'seal.cjs': SEAL, ...(library === null ? {} : { [LIBRARY]: library }) }
}
