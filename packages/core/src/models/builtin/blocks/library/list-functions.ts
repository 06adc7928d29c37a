import type { LibraryFunction } from './library-function.ts'

export const LIST_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'chunk',
    phrases: ['chunk array', 'chunk an array', 'split array into chunks', 'chunks'],
    does: 'Splits a list into parts of a size',
    source: `
/**
 * Splits a list into parts of a size; the last one may be shorter.
 * @throws RangeError when the size is not a positive integer
 */
export function chunk«<Item>»(items«: readonly Item[]», size«: number»)«: Item[][]» {
  if (!Number.isInteger(size) || size < 1) throw new RangeError('size must be a positive integer');
  return Array.from({ length: Math.ceil(items.length / size) }, (_unused, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
`,
    behaviours: [
      {
        name: 'makes parts of the size',
        calls: [
          ['chunk([1, 2, 3, 4], 2)', '[[1, 2], [3, 4]]'],
          ["chunk(['a', 'b', 'c'], 2)", "[['a', 'b'], ['c']]"],
        ],
      },
      { name: 'makes none of nothing', calls: [['chunk([], 3)', '[]']] },
      {
        name: 'refuses sizes below one',
        refuses: [
          ['chunk([1], 0)', 'RangeError'],
          ['chunk([1], 1.5)', 'RangeError'],
        ],
      },
    ],
  },
  {
    name: 'unique',
    phrases: [
      'uniq',
      'unique values',
      'dedupe',
      'deduplicate',
      'remove duplicates',
      'removes duplicates',
      'removing duplicates',
    ],
    does: 'Removes repeated items',
    source: `
/** Removes repeated items and keeps the first of each. */
export function unique«<Item>»(items«: readonly Item[]»)«: Item[]» {
  return [...new Set(items)];
}
`,
    behaviours: [
      {
        name: 'keeps the first of each',
        calls: [
          ['unique([3, 1, 3, 2, 1])', '[3, 1, 2]'],
          ['unique([])', '[]'],
        ],
      },
      { name: 'takes NaN for equal to itself', calls: [['unique([Number.NaN, Number.NaN]).length', '1']] },
    ],
  },
  {
    name: 'groupBy',
    phrases: ['group by key', 'group by', 'group items'],
    does: 'Groups items by a key',
    source: `
/** Groups items by a key, in the order in which the keys first occur. */
export function groupBy«<Item, Key>»(items«: readonly Item[]», toKey«: (item: Item) => Key»)«: Map<Key, Item[]>» {
  const groups = new Map«<Key, Item[]>»();
  for (const item of items) {
    const key = toKey(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
`,
    behaviours: [
      {
        name: 'puts items with the same key together',
        calls: [
          ["[...groupBy(['one', 'three', 'two'], (word) => word.length)]", "[[3, ['one', 'two']], [5, ['three']]]"],
        ],
      },
      { name: 'makes no groups of nothing', calls: [['groupBy([], String).size', '0']] },
    ],
  },
  {
    name: 'countBy',
    phrases: ['count by key', 'count by', 'frequency count', 'count occurrences'],
    does: 'Counts items by a key',
    source: `
/** Counts items by a key, in the order in which the keys first occur. */
export function countBy«<Item, Key>»(items«: readonly Item[]», toKey«: (item: Item) => Key»)«: Map<Key, number>» {
  const counts = new Map«<Key, number>»();
  for (const item of items) {
    const key = toKey(item);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
`,
    behaviours: [
      {
        name: 'counts items with the same key',
        calls: [["[...countBy(['one', 'three', 'two'], (word) => word.length)]", '[[3, 2], [5, 1]]']],
      },
      { name: 'counts nothing in nothing', calls: [['countBy([], String).size', '0']] },
    ],
  },
  {
    name: 'partition',
    phrases: ['partition array', 'split by predicate'],
    does: 'Parts a list by a condition',
    source: `
/** Parts a list into items that meet a condition and items that do not. */
export function partition«<Item>»(items«: readonly Item[]», meets«: (item: Item) => boolean»)«: [Item[], Item[]]» {
  const yes«: Item[]» = [];
  const no«: Item[]» = [];
  for (const item of items) (meets(item) ? yes : no).push(item);
  return [yes, no];
}
`,
    behaviours: [
      {
        name: 'keeps the order on both sides',
        calls: [['partition([1, 2, 3, 4], (value) => value % 2 === 0)', '[[2, 4], [1, 3]]']],
      },
      { name: 'parts nothing into nothing', calls: [['partition([], Boolean)', '[[], []]']] },
    ],
  },
  {
    name: 'flatten',
    phrases: ['flatten array', 'flatten an array', 'flatten nested arrays', 'deep flatten', 'flatten deep'],
    does: 'Flattens nested lists',
    source: `
«export type Nested<Item> = Item | readonly Nested<Item>[];»

/** Flattens nested lists of any depth. */
export function flatten«<Item>»(items«: readonly Nested<Item>[]»)«: Item[]» {
  const flat«: Item[]» = [];
  const stack = [...items].reverse();
  while (stack.length > 0) {
    const item = stack.pop()« as Nested<Item>»;
    if (Array.isArray(item)) stack.push(...[...item].reverse());
    else flat.push(item« as Item»);
  }
  return flat;
}
`,
    behaviours: [
      { name: 'keeps the order at any depth', calls: [['flatten([1, [2, [3, [4]], 5]])', '[1, 2, 3, 4, 5]']] },
      { name: 'drops empty lists', calls: [['flatten([[], [[]]])', '[]']] },
    ],
  },
  {
    name: 'intersection',
    phrases: ['array intersection', 'intersect', 'common elements'],
    does: 'Lists the items that two lists share',
    source: `
/** Lists the items of the first list that the second one has, too, each once. */
export function intersection«<Item>»(first«: readonly Item[]», second«: readonly Item[]»)«: Item[]» {
  const known = new Set(second);
  return [...new Set(first)].filter((item) => known.has(item));
}
`,
    behaviours: [
      { name: 'keeps shared items once', calls: [['intersection([3, 1, 3, 2], [2, 3])', '[3, 2]']] },
      {
        name: 'is empty without shared items',
        calls: [
          ['intersection([1], [2])', '[]'],
          ['intersection([], [])', '[]'],
        ],
      },
    ],
  },
  {
    name: 'difference',
    phrases: ['array difference'],
    does: 'Lists the items that only the first list has',
    source: `
/** Lists the items of the first list that the second one does not have, each once. */
export function difference«<Item>»(first«: readonly Item[]», second«: readonly Item[]»)«: Item[]» {
  const known = new Set(second);
  return [...new Set(first)].filter((item) => !known.has(item));
}
`,
    behaviours: [
      { name: 'drops items of the second list', calls: [['difference([3, 1, 3, 2], [2, 5])', '[3, 1]']] },
      { name: 'is empty when all are known', calls: [['difference([1, 2], [2, 1])', '[]']] },
    ],
  },
  {
    name: 'union',
    phrases: ['array union', 'set union'],
    does: 'Lists the items of two lists',
    source: `
/** Lists the items of both lists, each once. */
export function union«<Item>»(first«: readonly Item[]», second«: readonly Item[]»)«: Item[]» {
  return [...new Set([...first, ...second])];
}
`,
    behaviours: [
      { name: 'keeps each item once', calls: [['union([1, 2], [2, 3])', '[1, 2, 3]']] },
      { name: 'is empty for nothing', calls: [['union([], [])', '[]']] },
    ],
  },
  {
    name: 'zip',
    phrases: ['zip arrays', 'zip two arrays', 'zip lists'],
    does: 'Pairs the items of two lists',
    source: `
/** Pairs the items of two lists; what the longer one has more is left out. */
export function zip«<First, Second>»(first«: readonly First[]», second«: readonly Second[]»)«: [First, Second][]» {
  const length = Math.min(first.length, second.length);
  return first.slice(0, length).map((item, index) => [item, second[index]« as Second»]);
}
`,
    behaviours: [
      { name: 'pairs by place', calls: [["zip([1, 2], ['a', 'b'])", "[[1, 'a'], [2, 'b']]"]] },
      {
        name: 'stops at the shorter list',
        calls: [
          ["zip([1, 2, 3], ['a'])", "[[1, 'a']]"],
          ['zip([], [1])', '[]'],
        ],
      },
    ],
  },
  {
    name: 'rotate',
    phrases: ['rotate array', 'rotate an array', 'rotate list'],
    does: 'Rotates a list',
    source: `
/**
 * Moves so many items from the front of a list to its end; a negative count moves them the other way.
 * @throws RangeError when the count is not an integer
 */
export function rotate«<Item>»(items«: readonly Item[]», count«: number»)«: Item[]» {
  if (!Number.isInteger(count)) throw new RangeError('count must be an integer');
  const start = items.length === 0 ? 0 : ((count % items.length) + items.length) % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
`,
    behaviours: [
      {
        name: 'moves items to the end',
        calls: [
          ['rotate([1, 2, 3, 4], 1)', '[2, 3, 4, 1]'],
          ['rotate([1, 2, 3], 4)', '[2, 3, 1]'],
        ],
      },
      { name: 'moves back by a negative count', calls: [['rotate([1, 2, 3], -1)', '[3, 1, 2]']] },
      { name: 'rotates nothing', calls: [['rotate([], 2)', '[]']] },
      { name: 'refuses fractions', refuses: [['rotate([1], 0.5)', 'RangeError']] },
    ],
  },
  {
    name: 'binarySearch',
    phrases: ['binary search', 'search a sorted array'],
    does: 'Finds a number in a sorted list',
    source: `
/** Finds the index of a number in a list that is sorted in ascending order; -1 when it is not there. */
export function binarySearch(sorted«: readonly number[]», wanted«: number»)«: number» {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const value = sorted[middle]« as number»;
    if (value === wanted) return middle;
    if (value < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
`,
    behaviours: [
      {
        name: 'finds every item',
        calls: [['[1, 3, 5, 7, 9].map((value) => binarySearch([1, 3, 5, 7, 9], value))', '[0, 1, 2, 3, 4]']],
      },
      {
        name: 'says when there is none',
        calls: [
          ['binarySearch([1, 3, 5], 4)', '-1'],
          ['binarySearch([], 1)', '-1'],
        ],
      },
    ],
  },
  {
    name: 'sortBy',
    phrases: ['sort by key', 'sort by'],
    does: 'Sorts items by a key',
    source: `
/** Sorts items by a key in ascending order, without changing the list; equal keys keep their order. */
export function sortBy«<Item>»(items«: readonly Item[]», toKey«: (item: Item) => number | string»)«: Item[]» {
  return items
    .map((item) => ({ item, key: toKey(item) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}
`,
    behaviours: [
      {
        name: 'sorts by numbers',
        calls: [["sortBy(['three', 'a', 'to'], (word) => word.length)", "['a', 'to', 'three']"]],
      },
      {
        name: 'keeps the order of equal keys',
        calls: [["sortBy(['bb', 'aa', 'c'], (word) => word.length)", "['c', 'bb', 'aa']"]],
      },
      {
        name: 'leaves its input as it was',
        calls: [['[[2, 1]].map((items) => [sortBy(items, Number), items])', '[[[1, 2], [2, 1]]]']],
      },
    ],
  },
]
