import type { Field, FieldType, Resource } from '../../plan/project-plan.ts'
import { quote } from '../../render/text.ts'

/** How one field type is checked in a composed project, and values that its tests use. */
export interface FieldRule {
  /** TypeScript type of the value. */
  readonly type: (field: Field) => string
  /** Expression that names the rule in `src/validation`. */
  readonly expression: (field: Field) => string
  /** Declaration in `src/validation`; null where another type's serves. */
  readonly declaration: string
  /** Source text of valid values. */
  readonly valid: (field: Field) => readonly [string, string]
  readonly invalid: readonly { readonly value: string; readonly because: string }[]
  /** What the check says about an invalid value, as a regular expression. */
  readonly problem: RegExp
}

const TEXT = `
const MAX_TEXT_LENGTH = 1000;

export const text«: Rule» = {
  check: (value) =>
    typeof value === 'string' && value.trim() !== '' && value.length <= MAX_TEXT_LENGTH
      ? null
      : \`must be a text of 1 to \${MAX_TEXT_LENGTH} characters\`,
  fromText: (value) => value,
};`

const NUMBER = `
export const number«: Rule» = {
  check: (value) => (Number.isFinite(value) ? null : 'must be a number'),
  fromText: toNumber,
};`

const INTEGER = `
export const integer«: Rule» = {
  check: (value) => (Number.isSafeInteger(value) ? null : 'must be an integer'),
  fromText: toNumber,
};`

const BOOLEAN = `
export const boolean«: Rule» = {
  check: (value) => (typeof value === 'boolean' ? null : 'must be true or false'),
  fromText: (value) => (value === 'true' ? true : value === 'false' ? false : value),
};`

const EMAIL = `
const MAX_EMAIL_LENGTH = 254;

export const email«: Rule» = {
  check: (value) =>
    typeof value === 'string' && value.length <= MAX_EMAIL_LENGTH && /^[^\\s@]+@[^\\s@.]+(\\.[^\\s@.]+)+$/.test(value)
      ? null
      : 'must be an e-mail address',
  fromText: (value) => value,
};`

const DATE = `
export const date«: Rule» = {
  check: (value) => (typeof value === 'string' && isDay(value) ? null : 'must be a date such as 2024-03-20'),
  fromText: (value) => value,
};

/** Whether a text is a day of the calendar, written YYYY-MM-DD. */
function isDay(value«: string») {
  if (!/^\\d{4}-\\d{2}-\\d{2}$/.test(value)) return false;
  const day = new Date(\`\${value}T00:00:00Z\`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}`

const ENUM = `
export function oneOf(...values«: string[]»)«: Rule» {
  return {
    check: (value) => (values.some((one) => one === value) ? null : \`must be one of \${values.join(', ')}\`),
    fromText: (value) => value,
  };
}`

export const FIELD_RULES: Record<FieldType, FieldRule> = {
  string: {
    type: () => 'string',
    expression: () => 'text',
    declaration: TEXT,
    valid: (field) => [`'First ${field.name}'`, `'Second ${field.name}'`],
    invalid: [
      { value: '42', because: 'a number' },
      { value: "'  '", because: 'a blank text' },
      { value: "'x'.repeat(1001)", because: 'a text that is too long' },
    ],
    problem: /must be a text of 1 to 1000 characters/,
  },
  number: {
    type: () => 'number',
    expression: () => 'number',
    declaration: NUMBER,
    valid: () => ['12.5', '7'],
    invalid: [
      { value: "'12.5'", because: 'a text' },
      { value: 'null', because: 'null' },
    ],
    problem: /must be a number/,
  },
  integer: {
    type: () => 'number',
    expression: () => 'integer',
    declaration: INTEGER,
    valid: () => ['42', '7'],
    invalid: [
      { value: '1.5', because: 'a fraction' },
      { value: "'42'", because: 'a text' },
    ],
    problem: /must be an integer/,
  },
  boolean: {
    type: () => 'boolean',
    expression: () => 'boolean',
    declaration: BOOLEAN,
    valid: () => ['true', 'false'],
    invalid: [
      { value: "'yes'", because: 'a text' },
      { value: '1', because: 'a number' },
    ],
    problem: /must be true or false/,
  },
  email: {
    type: () => 'string',
    expression: () => 'email',
    declaration: EMAIL,
    valid: () => ["'ada@example.com'", "'alan@example.org'"],
    invalid: [
      { value: "'ada'", because: 'a text without an at sign' },
      { value: "'ada@example'", because: 'an address without a full domain' },
      { value: '5', because: 'a number' },
    ],
    problem: /must be an e-mail address/,
  },
  date: {
    type: () => 'string',
    expression: () => 'date',
    declaration: DATE,
    valid: () => ["'2024-03-20'", "'2025-12-31'"],
    invalid: [
      { value: "'20.03.2024'", because: 'another notation' },
      { value: "'2024-02-30'", because: 'a day that does not exist' },
      { value: "'2024-13-01'", because: 'a month that does not exist' },
    ],
    problem: /must be a date/,
  },
  enum: {
    type: (field) => field.values.map(quote).join(' | '),
    expression: (field) => `oneOf(${field.values.map(quote).join(', ')})`,
    declaration: ENUM,
    valid: (field) => [quote(field.values[0] ?? ''), quote(field.values.at(-1) ?? '')],
    invalid: [
      { value: "'no such value'", because: 'an unknown value' },
      { value: '3', because: 'a number' },
    ],
    problem: /must be one of/,
  },
}

/** Field types that occur in these resources, in table order. */
export function usedTypes(resources: readonly Resource[]): FieldType[] {
  const used = new Set(resources.flatMap((resource) => resource.fields.map((field) => field.type)))
  return (Object.keys(FIELD_RULES) as FieldType[]).filter((type) => used.has(type))
}

/** Name that a rule is imported by. */
export function ruleName(type: FieldType): string {
  return type === 'string' ? 'text' : type === 'enum' ? 'oneOf' : type
}
