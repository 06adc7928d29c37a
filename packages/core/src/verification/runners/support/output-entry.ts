/**
 * Runs a command, whose standard output is its report, and seals that. For runners that can be told nothing else: what
 * they print is made by the processes that run the tests, so that a test can still lie about itself and its neighbours.
 *
 * Arguments: names of files beside this one that the command makes, with commas; the command; its arguments.
 */
export const OUTPUT_ENTRY = `'use strict'
const { spawn } = require('node:child_process')
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const seal = require('./seal.cjs').takeSeal()

const [, , names, program, ...args] = process.argv
const parts = []
const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
child.stdout.on('data', (part) => parts.push(part))
child.on('error', (error) => {
  console.error(error.message)
  process.exit(127)
})
let status = 1
child.on('exit', (code) => {
  status = code ?? 1
  // A process that was left behind may keep the pipe open for ever.
  setTimeout(finish, 2_000)
})
child.on('close', finish)

function finish() {
  const files = {}
  for (const name of names.split(',')) {
    try {
      files[name] = readFileSync(join(__dirname, name), 'utf8')
    } catch {
      // the command did not make it
    }
  }
  seal('report', JSON.stringify({ output: Buffer.concat(parts).toString('utf8'), files }))
  process.exit(status)
}
`
