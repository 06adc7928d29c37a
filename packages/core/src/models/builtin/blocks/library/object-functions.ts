import type { LibraryFunction } from './library-function.ts'

export const OBJECT_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'deepEqual',
    phrases: ['deep equal', 'deep equality', 'deep comparison', 'is deep equal', 'isEqual'],
    does: 'Compares JSON values in depth',
    source: `
/** Compares two JSON values in depth: lists by order, objects by keys. */
export function deepEqual(first«: unknown», second«: unknown»)«: boolean» {
  if (Object.is(first, second)) return true;
  if (typeof first !== 'object' || typeof second !== 'object' || first === null || second === null) return false;
  if (Array.isArray(first) !== Array.isArray(second)) return false;
  const left = new Map«<string, unknown>»(Object.entries(first));
  const right = new Map«<string, unknown>»(Object.entries(second));
  if (left.size !== right.size) return false;
  return [...left].every(([key, value]) => right.has(key) && deepEqual(value, right.get(key)));
}
`,
    behaviours: [
      {
        name: 'finds equal values at any depth',
        calls: [
          ['deepEqual({ a: [1, { b: null }] }, { a: [1, { b: null }] })', 'true'],
          ['deepEqual({ a: 1, b: 2 }, { b: 2, a: 1 })', 'true'],
        ],
      },
      {
        name: 'finds differences',
        calls: [
          ['deepEqual([1, 2], [2, 1])', 'false'],
          ['deepEqual({ a: 1 }, { b: 1 })', 'false'],
          ['deepEqual({ a: 1 }, { a: 1, b: 2 })', 'false'],
        ],
      },
      {
        name: 'tells kinds of values apart',
        calls: [
          ['deepEqual([], {})', 'false'],
          ['deepEqual(null, {})', 'false'],
          ["deepEqual(1, '1')", 'false'],
        ],
      },
    ],
  },
  {
    name: 'deepClone',
    phrases: ['deep clone', 'deep copy', 'clone deep'],
    does: 'Copies a JSON value in depth',
    source: `
/** Copies a JSON value in depth, so that nothing is shared with the original. */
export function deepClone«<Value>»(value«: Value»)«: Value» {
  if (Array.isArray(value)) return value.map(deepClone)« as Value»;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, deepClone(inner)]))« as Value»;
}
`,
    behaviours: [
      {
        name: 'makes an equal value',
        calls: [
          ["deepClone({ a: [1, { b: 'x' }], c: null })", "{ a: [1, { b: 'x' }], c: null }"],
          ['deepClone(5)', '5'],
        ],
      },
      {
        name: 'shares nothing',
        calls: [['[{ list: [1] }].map((value) => deepClone(value).list === value.list)', '[false]']],
      },
    ],
  },
  {
    name: 'pick',
    phrases: ['pick keys', 'pick properties'],
    does: 'Keeps some keys of an object',
    source: `
/** Makes an object with only these keys of another; keys that it does not have are left out. */
export function pick«<Value extends object, Key extends keyof Value>»(value«: Value», keys«: readonly Key[]»)«: Pick<Value, Key>» {
  const wanted = new Set«<PropertyKey>»(keys);
  return Object.fromEntries(Object.entries(value).filter(([key]) => wanted.has(key)))« as Pick<Value, Key>»;
}
`,
    behaviours: [
      { name: 'keeps the keys that are named', calls: [["pick({ a: 1, b: 2, c: 3 }, ['a', 'c'])", '{ a: 1, c: 3 }']] },
      { name: 'keeps nothing without names', calls: [['pick({ a: 1 }, [])', '{}']] },
    ],
  },
  {
    name: 'omit',
    phrases: ['omit keys', 'omit properties'],
    does: 'Drops some keys of an object',
    source: `
/** Makes an object without these keys of another. */
export function omit«<Value extends object, Key extends keyof Value>»(value«: Value», keys«: readonly Key[]»)«: Omit<Value, Key>» {
  const unwanted = new Set«<PropertyKey>»(keys);
  return Object.fromEntries(Object.entries(value).filter(([key]) => !unwanted.has(key)))« as Omit<Value, Key>»;
}
`,
    behaviours: [
      { name: 'drops the keys that are named', calls: [["omit({ a: 1, b: 2, c: 3 }, ['a', 'c'])", '{ b: 2 }']] },
      { name: 'drops nothing without names', calls: [['omit({ a: 1 }, [])', '{ a: 1 }']] },
    ],
  },
  {
    name: 'invert',
    phrases: ['invert object', 'swap keys and values'],
    does: 'Swaps keys and values',
    source: `
/** Makes a map from the values of an object to its keys; of equal values the last one counts. */
export function invert(value«: Readonly<Record<string, string | number>>»)«: Map<string | number, string>» {
  return new Map(Object.entries(value).map(([key, inner]) => [inner, key]));
}
`,
    behaviours: [
      { name: 'swaps keys and values', calls: [["[...invert({ a: 1, b: 'x' })]", "[[1, 'a'], ['x', 'b']]"]] },
      { name: 'keeps the last of equal values', calls: [['invert({ a: 1, b: 1 }).get(1)', "'b'"]] },
    ],
  },
  {
    name: 'isEmpty',
    phrases: ['is empty', 'emptiness check'],
    does: 'Tells whether a text, list or object is empty',
    source: `
/** Tells whether a text, list or object has nothing in it. */
export function isEmpty(value«: string | readonly unknown[] | object»)«: boolean» {
  return typeof value === 'string' ? value === '' : Object.keys(value).length === 0;
}
`,
    behaviours: [
      {
        name: 'sees empty texts, lists and objects',
        calls: [
          ["isEmpty('')", 'true'],
          ['isEmpty([])', 'true'],
          ['isEmpty({})', 'true'],
        ],
      },
      {
        name: 'sees that others have something',
        calls: [
          ["isEmpty(' ')", 'false'],
          ['isEmpty([undefined])', 'false'],
          ['isEmpty({ a: undefined })', 'false'],
        ],
      },
    ],
  },
]
