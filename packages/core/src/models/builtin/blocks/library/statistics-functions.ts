import type { LibraryFunction } from './library-function.ts'

const EMPTY = "if (values.length === 0) throw new RangeError('values must not be empty');"

export const STATISTICS_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'sum',
    phrases: ['sum of numbers', 'sum of a list', 'sum an array'],
    does: 'Adds numbers',
    source: `
/** Adds numbers; the sum of none is zero. */
export function sum(values«: readonly number[]»)«: number» {
  return values.reduce((total, value) => total + value, 0);
}
`,
    behaviours: [
      {
        name: 'adds',
        calls: [
          ['sum([1, 2, 3.5])', '6.5'],
          ['sum([-1, 1])', '0'],
        ],
      },
      { name: 'is zero for none', calls: [['sum([])', '0']] },
    ],
  },
  {
    name: 'mean',
    phrases: ['average', 'arithmetic mean', 'mean value', 'averages'],
    does: 'Computes the arithmetic mean',
    source: `
/**
 * Computes the arithmetic mean.
 * @throws RangeError when there are no values
 */
export function mean(values«: readonly number[]»)«: number» {
  ${EMPTY}
  return values.reduce((total, value) => total + value, 0) / values.length;
}
`,
    behaviours: [
      {
        name: 'divides the sum by the count',
        calls: [
          ['mean([1, 2, 3, 4])', '2.5'],
          ['mean([7])', '7'],
        ],
      },
      { name: 'refuses no values', refuses: [['mean([])', 'RangeError']] },
    ],
  },
  {
    name: 'median',
    phrases: ['median value'],
    does: 'Finds the median',
    source: `
/**
 * Finds the median; for an even count the mean of the two in the middle.
 * @throws RangeError when there are no values
 */
export function median(values«: readonly number[]»)«: number» {
  ${EMPTY}
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return middle.reduce((total, value) => total + value, 0) / middle.length;
}
`,
    behaviours: [
      { name: 'takes the value in the middle', calls: [['median([9, 1, 10])', '9']] },
      { name: 'takes the mean of two', calls: [['median([1, 2, 3, 10])', '2.5']] },
      {
        name: 'leaves its input as it was',
        calls: [['[[3, 1, 2]].map((values) => [median(values), values])', '[[2, [3, 1, 2]]]']],
      },
      { name: 'refuses no values', refuses: [['median([])', 'RangeError']] },
    ],
  },
  {
    name: 'mode',
    phrases: ['most frequent value', 'most common value', 'statistical mode'],
    does: 'Finds the most frequent values',
    source: `
/** Finds the most frequent values, in the order in which they first occur; none for an empty list. */
export function mode«<Value>»(values«: readonly Value[]»)«: Value[]» {
  const counts = new Map«<Value, number>»();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const highest = Math.max(0, ...counts.values());
  return [...counts].filter(([, count]) => count === highest).map(([value]) => value);
}
`,
    behaviours: [
      { name: 'finds one', calls: [['mode([1, 2, 2, 3])', '[2]']] },
      { name: 'finds several in order', calls: [["mode(['b', 'a', 'b', 'a', 'c'])", "['b', 'a']"]] },
      { name: 'finds none in nothing', calls: [['mode([])', '[]']] },
    ],
  },
  {
    name: 'standardDeviation',
    phrases: ['standard deviation', 'std dev', 'stddev'],
    does: 'Computes the standard deviation of a population',
    source: `
/**
 * Computes the standard deviation of a whole population.
 * @throws RangeError when there are no values
 */
export function standardDeviation(values«: readonly number[]»)«: number» {
  ${EMPTY}
  const average = values.reduce((total, value) => total + value, 0) / values.length;
  const squares = values.map((value) => (value - average) ** 2);
  return Math.sqrt(squares.reduce((total, square) => total + square, 0) / values.length);
}
`,
    behaviours: [
      { name: 'measures the spread', calls: [['standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])', '2']] },
      { name: 'is zero for equal values', calls: [['standardDeviation([3, 3, 3])', '0']] },
      { name: 'refuses no values', refuses: [['standardDeviation([])', 'RangeError']] },
    ],
  },
]
