import { Client, type QueryConfig } from 'pg'

/** Each prepared statement keeps a plan in every connection; texts beyond so many are parsed each time. */
const MAX_STATEMENTS = 200
/**
 * Rows are written by their keys, whatever the values are. What is read is not always: the best plan for a rare status is
 * another one than for a common one, so that reads are prepared where they are written, one by one.
 */
const WRITE = /^\s*(INSERT|UPDATE)\b/i
const names = new Map<string, string>()

/**
 * A connection that prepares writes with parameters, also those of libraries that do not name theirs: parsing and planning
 * one took longer than executing it. Everything else goes out as it is.
 */
export class PreparingClient extends Client {
  // pg declares a dozen overloads and tells them apart at run time; what is no statement of ours passes through
  override query(...[statement, values, ...others]: readonly unknown[]): never {
    const query = super.query as (...args: unknown[]) => never
    return query.call(this, named(statement, values), values, ...others)
  }
}

function named(statement: unknown, values: unknown): unknown {
  const config: Partial<QueryConfig> = typeof statement === 'string' ? { text: statement } : (statement as object)
  const parameters = Array.isArray(values) ? values : config.values
  if (typeof config.text !== 'string' || config.name != null || 'submit' in config) return statement
  if (!parameters?.length || !WRITE.test(config.text)) return statement
  const name = nameOf(config.text)
  return name === undefined ? statement : { ...config, name }
}

function nameOf(text: string): string | undefined {
  const known = names.get(text)
  if (known !== undefined || names.size >= MAX_STATEMENTS) return known
  const name = `prepared-${names.size}`
  names.set(text, name)
  return name
}
