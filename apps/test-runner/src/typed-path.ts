import { resolve } from 'node:path'

/** A path of the command line, meant from where it was typed: pnpm runs the command in its package's folder. */
export function typedPath(path: string): string {
  return resolve(process.env['INIT_CWD'] ?? '.', path)
}
