import type { KnownCause } from '../known-cause.ts'
import { suggestImportPath } from '../patches/import-path.ts'
import { quoteSource } from './quote-source.ts'

/** An import of something that is not there: a file of one's own, or a package. */
export const missingModule: KnownCause = {
  id: 'missing-module',
  topics: ['module', 'import', 'dependency', 'package', 'build'],
  weight: 0.7,
  patterns: [
    /Cannot find (?:module|package) '(?<name>[^']{1,400})'(?: imported from '?(?<importer>[^'\n]{1,400}))?/,
    /Directory import '(?<name>[^']{1,400})' is not supported resolving ES modules imported from (?<importer>\S{1,400})/,
    /Failed to resolve import "(?<name>[^"]{1,400})" from "(?<importer>[^"]{1,400})"/,
    /Could not resolve "(?<name>[^"]{1,400})"/,
    /ModuleNotFoundError: No module named '(?<name>[^']{1,200})'/,
    /ImportError: No module named '?(?<name>[\w.]{1,200})/,
    /no required module provides package (?<name>[^\s;]{1,300})/,
    /java\.lang\.(?:ClassNotFoundException|NoClassDefFoundError): (?<name>[\w.$/]{1,300})/,
  ],
  explain({ name = '', importer }, { where, place }) {
    const from = importer !== undefined && where === '' ? ` from ${importer}` : where
    if (/^(?:[./]|file:|[A-Za-z]:[\\/])/.test(name)) {
      return `The file ${name} does not exist, but is imported${from}: its name, case or extension differs, or it was not written or built.${quoteSource(place)}`
    }
    return `The module ${name} is imported${from}, but it is not installed: it is missing in the manifest, or the installation did not run.${quoteSource(place)}`
  },
  monitoring: [
    'Start the built program once in the pipeline before a release; imports that do not resolve fail there.',
  ],
  suggest: ({ name = '', importer }, { files, place }) => suggestImportPath(name, importer ?? null, place, files),
}

/** A module that is there, but does not export the name. */
export const missingExport: KnownCause = {
  id: 'missing-export',
  topics: ['module', 'import', 'export', 'build'],
  weight: 0.75,
  patterns: [
    /The requested module '(?<module>[^']{1,400})' does not provide an export named '(?<name>[^']{1,200})'/,
    /ImportError: cannot import name '(?<name>[^']{1,200})' from (?:partially initialized module )?'(?<module>[^']{1,200})'/,
    /"(?<name>\w{1,200})" is not exported by "(?<module>[^"]{1,400})"/,
  ],
  explain: ({ name, module }, { where, place }) =>
    `\`${name}\` is imported from ${module}${where}, but that module does not export it: it is spelt otherwise, a default export, or of another version; a circle of imports does this, too.${quoteSource(place)}`,
  monitoring: [
    'Start the built program once in the pipeline before a release; imports that do not resolve fail there.',
  ],
}
