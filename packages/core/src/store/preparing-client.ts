import { Client, type QueryConfig } from 'pg'

/** Each prepared statement keeps a plan in every connection; texts beyond so many are parsed each time. */
const MAX_STATEMENTS = 200
const names = new Map<string, string>()

/**
 * A connection whose statements with parameters are prepared, also those of libraries that do not name theirs: parsing and
 * planning one took longer than executing it. Statements without parameters go out as they are.
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
  if (typeof config.text !== 'string' || config.name != null || !parameters?.length || 'submit' in config)
    return statement
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
