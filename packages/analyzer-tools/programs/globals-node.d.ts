// biome-ignore-all lint/suspicious/noExplicitAny: names without types are what this file is for
// Names that Node gives, without their types: reading the whole of @types/node takes longer than all the rest.
type Buffer = any
type BufferEncoding = any
declare var Buffer: any
declare var process: any
declare var global: any
declare var require: any
declare var module: any
declare var exports: any
declare const __dirname: string
declare const __filename: string
declare var setImmediate: any
declare var clearImmediate: any
declare namespace NodeJS {
  type Timeout = any
  type Immediate = any
  type ProcessEnv = any
  type Process = any
  type Signals = any
  type Platform = any
  type ErrnoException = any
  type ReadableStream = any
  type WritableStream = any
  type ReadWriteStream = any
  type EventEmitter = any
  type MemoryUsage = any
  type Dict<T> = Record<string, T | undefined>
}
interface ImportMeta {
  url: string
  dirname: string
  filename: string
  main: boolean
  env: any
  resolve(specifier: string): string
}
