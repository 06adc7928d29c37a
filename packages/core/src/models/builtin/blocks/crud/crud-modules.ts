import type { Resource } from '../../plan/project-plan.ts'
import type { SourceModule } from '../../render/source-module.ts'
import { indent, quote } from '../../render/text.ts'
import { creatorName, upperFirst } from '../http/app-parts.ts'
import { FIELD_RULES, ruleName, usedTypes } from './field-rules.ts'

const TO_NUMBER = `
/** A query parameter as a number; an empty one is none. */
function toNumber(value«: string») {
  return value.trim() === '' ? Number.NaN : Number(value);
}
`

/** `src/validation`: the rules of the field types in use, and the check of whole bodies. */
export function validationModule(resources: readonly Resource[]): SourceModule {
  const types = usedTypes(resources)
  const numeric = types.includes('number') || types.includes('integer')
  return {
    imports: [{ from: './errors', names: ['HttpError'], types: ['Issue'] }],
    body: `
«/** How values of one field type are checked and read from a query. */
export interface Rule {
  /** What is wrong with a value, or null. */
  check: (value: unknown) => string | null;
  fromText: (value: string) => unknown;
}»

«export type Rules<Fields> = { [Name in keyof Fields]-?: Rule & { required: boolean } };»
${types.map((type) => FIELD_RULES[type].declaration).join('\n')}
${numeric ? TO_NUMBER : ''}
/**
 * Checks a request body against the rules of its fields.
 * With \`partial\`, fields may be missing.
 * @throws HttpError 400 with one issue for every field that is wrong
 */
export function validate«<Fields>»(rules«: Rules<Fields>», body«: unknown», { partial }«: { partial: boolean }»)«: Fields» {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new HttpError(400, 'Body must be a JSON object');
  }
  const known = new Map«<string, Rule & { required: boolean }>»(Object.entries(rules));
  const given = new Map«<string, unknown>»(Object.entries(body));
  const issues«: Issue[]» = [];
  for (const field of given.keys()) {
    if (!known.has(field)) issues.push({ field, message: 'is not a known field' });
  }
  for (const [field, { check, required }] of known) {
    if (given.has(field)) {
      const message = check(given.get(field));
      if (message !== null) issues.push({ field, message });
    } else if (required && !partial) {
      issues.push({ field, message: 'is required' });
    }
  }
  if (issues.length > 0) throw new HttpError(400, 'Validation failed', issues);
  return «(»{ ...body }« as Fields)»;
}
`,
  }
}

/** `src/list-query`: paging and filters of a list. */
export const listQueryModule: SourceModule = {
  imports: [
    { from: './errors', names: ['HttpError'], types: ['Issue'] },
    { from: './validation', types: ['Rules'] },
  ],
  body: `
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

«export interface ListQuery {
  limit: number;
  offset: number;
  /** Values that items must have, by field. */
  filter: Map<string, unknown>;
}»

/**
 * Reads \`limit\`, \`offset\` and filters by field from a query.
 * @throws HttpError 400 with one issue for every parameter that is wrong
 */
export function readListQuery«<Fields>»(rules«: Rules<Fields>», query«: object»)«: ListQuery» {
  const { limit = DEFAULT_LIMIT, offset = 0, ...rest }«: Record<string, unknown>» = { ...query };
  const issues«: Issue[]» = [];
  const known = new Map(Object.entries(rules)« as [string, Rules<Fields>[keyof Fields]][]»);
  const filter = new Map«<string, unknown>»();
  for (const [field, given] of Object.entries(rest)) {
    const rule = known.get(field);
    const value = rule?.fromText(String(given));
    const message = rule === undefined ? 'is not a known parameter' : rule.check(value);
    if (message === null) filter.set(field, value);
    else issues.push({ field, message });
  }
  const page = { limit: Number(limit), offset: Number(offset) };
  if (!Number.isInteger(page.limit) || page.limit < 1 || page.limit > MAX_LIMIT) {
    issues.push({ field: 'limit', message: \`must be an integer from 1 to \${MAX_LIMIT}\` });
  }
  if (!Number.isSafeInteger(page.offset) || page.offset < 0) {
    issues.push({ field: 'offset', message: 'must be an integer from 0' });
  }
  if (issues.length > 0) throw new HttpError(400, 'Invalid query', issues);
  return { ...page, filter };
}
`,
}

/** `src/collection`: what can be done with the items of one resource. */
export const collectionModule: SourceModule = {
  imports: [
    { from: 'node:crypto', names: ['randomUUID'] },
    { from: './errors', names: ['HttpError'] },
    { from: './list-query', names: ['readListQuery'] },
    { from: './validation', names: ['validate'], types: ['Rules'] },
  ],
  body: `
«export type Item<Fields> = Fields & { id: string };»

«export interface Page<Fields> {
  items: Item<Fields>[];
  total: number;
  limit: number;
  offset: number;
}»

«export interface Collection<Fields> {
  list: (query: object) => Page<Fields>;
  get: (id: string) => Item<Fields>;
  create: (body: unknown) => Item<Fields>;
  replace: (id: string, body: unknown) => Item<Fields>;
  update: (id: string, body: unknown) => Item<Fields>;
  remove: (id: string) => void;
}»

/** Makes an empty collection that lives in memory; everything that comes in is checked by the rules. */
export function createCollection«<Fields extends object>»(name«: string», rules«: Rules<Fields>»)«: Collection<Fields>» {
  const items = new Map«<string, Item<Fields>>»();

  function get(id«: string»)«: Item<Fields>» {
    const item = items.get(id);
    if (item === undefined) throw new HttpError(404, \`No \${name} with id \${id}\`);
    return item;
  }

  function save(item«: Item<Fields>»)«: Item<Fields>» {
    items.set(item.id, item);
    return item;
  }

  return {
    get,
    list(query) {
      const { limit, offset, filter } = readListQuery(rules, query);
      const found = [...items.values()].filter((item) => {
        const values = new Map«<string, unknown>»(Object.entries(item));
        return [...filter].every(([field, value]) => values.get(field) === value);
      });
      return { items: found.slice(offset, offset + limit), total: found.length, limit, offset };
    },
    create: (body) => save({ id: randomUUID(), ...validate(rules, body, { partial: false }) }),
    replace: (id, body) => save({ id: get(id).id, ...validate(rules, body, { partial: false }) }),
    update: (id, body) => save({ ...get(id), ...validate(rules, body, { partial: true }) }),
    remove(id) {
      items.delete(get(id).id);
    },
  };
}
`,
}

/** One file a resource: its fields and their rules. */
export function resourceModule(resource: Resource): SourceModule {
  const type = upperFirst(resource.singular)
  const fields = resource.fields.map(
    (field) => `${field.name}${field.required ? '' : '?'}: ${FIELD_RULES[field.type].type(field)};`,
  )
  const rules = resource.fields.map((field) => {
    const rule = `...${FIELD_RULES[field.type].expression(field)}`
    return `${field.name}: { ${rule}, required: ${field.required} },`
  })
  return {
    imports: [
      { from: './collection', names: ['createCollection'], types: ['Collection'] },
      { from: './validation', names: usedTypes([resource]).map(ruleName).sort() },
    ],
    body: `
«export interface ${type} {
${indent(fields.join('\n'))}
}»

/** Makes an empty collection of ${resource.path.replaceAll('-', ' ')}. */
export function ${creatorName(resource)}()«: Collection<${type}>» {
  return createCollection«<${type}>»(${quote(singularWords(resource))}, {
${indent(indent(rules.join('\n')))}
  });
}
`,
  }
}

/** A resource's singular in words, such as "order item". */
export function singularWords(resource: Resource): string {
  return resource.singular.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
