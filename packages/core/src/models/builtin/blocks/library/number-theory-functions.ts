import type { LibraryFunction } from './library-function.ts'

export const NUMBER_THEORY_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'fibonacci',
    phrases: ['fibonacci number', 'fibonacci numbers', 'nth fibonacci number', 'fibonacci sequence', 'fib'],
    does: 'Computes a Fibonacci number',
    source: `
const LARGEST_EXACT = 78;

/**
 * Computes the Fibonacci number of an index, from fibonacci(0) = 0 on.
 * @throws RangeError when the index is not an integer from 0 to 78, beyond which numbers are not exact
 */
export function fibonacci(index«: number»)«: number» {
  if (!Number.isInteger(index) || index < 0 || index > LARGEST_EXACT) {
    throw new RangeError(\`index must be an integer from 0 to \${LARGEST_EXACT}\`);
  }
  let [current, next] = [0, 1];
  for (let step = 0; step < index; step += 1) [current, next] = [next, current + next];
  return current;
}
`,
    behaviours: [
      {
        name: 'starts with 0 and 1',
        calls: [
          ['fibonacci(0)', '0'],
          ['fibonacci(1)', '1'],
        ],
      },
      {
        name: 'adds the two before',
        calls: [
          ['fibonacci(10)', '55'],
          ['fibonacci(78)', '8944394323791464'],
        ],
      },
      {
        name: 'refuses what is no exact index',
        refuses: [
          ['fibonacci(-1)', 'RangeError'],
          ['fibonacci(1.5)', 'RangeError'],
          ['fibonacci(79)', 'RangeError'],
        ],
      },
    ],
  },
  {
    name: 'factorial',
    phrases: ['factorials', 'factorial of a number', 'n factorial'],
    does: 'Computes a factorial',
    source: `
const LARGEST_EXACT = 18;

/**
 * Computes n!.
 * @throws RangeError when n is not an integer from 0 to 18, beyond which numbers are not exact
 */
export function factorial(n«: number»)«: number» {
  if (!Number.isInteger(n) || n < 0 || n > LARGEST_EXACT) {
    throw new RangeError(\`n must be an integer from 0 to \${LARGEST_EXACT}\`);
  }
  let product = 1;
  for (let factor = 2; factor <= n; factor += 1) product *= factor;
  return product;
}
`,
    behaviours: [
      {
        name: 'is one for 0 and 1',
        calls: [
          ['factorial(0)', '1'],
          ['factorial(1)', '1'],
        ],
      },
      {
        name: 'multiplies up to n',
        calls: [
          ['factorial(5)', '120'],
          ['factorial(18)', '6402373705728000'],
        ],
      },
      {
        name: 'refuses what has no exact factorial',
        refuses: [
          ['factorial(-1)', 'RangeError'],
          ['factorial(2.5)', 'RangeError'],
          ['factorial(19)', 'RangeError'],
        ],
      },
    ],
  },
  {
    name: 'isPrime',
    phrases: [
      'prime',
      'primes',
      'prime number',
      'prime numbers',
      'prime check',
      'prime checker',
      'check if a number is prime',
      'checks if a number is prime',
      'is a prime',
    ],
    does: 'Tells whether a number is prime',
    source: `
/** Tells whether a number is prime; what is no integer above 1 is not. */
export function isPrime(value«: number»)«: boolean» {
  if (!Number.isSafeInteger(value) || value < 2) return false;
  if (value % 2 === 0) return value === 2;
  for (let divisor = 3; divisor * divisor <= value; divisor += 2) {
    if (value % divisor === 0) return false;
  }
  return true;
}
`,
    behaviours: [
      { name: 'finds primes', calls: [['[2, 3, 5, 7, 97, 7919].every(isPrime)', 'true']] },
      { name: 'refuses products', calls: [['[4, 9, 15, 49, 7917].some(isPrime)', 'false']] },
      {
        name: 'takes nothing below two and no fraction for prime',
        calls: [['[-7, 0, 1, 2.5, Number.NaN].some(isPrime)', 'false']],
      },
    ],
  },
  {
    name: 'primeFactors',
    phrases: ['prime factorization', 'prime factorisation', 'factorize', 'prime factors of a number'],
    does: 'Lists the prime factors of a number',
    source: `
/**
 * Lists the prime factors of a number in ascending order, repeated ones repeated.
 * @throws RangeError when it is not an integer above 1
 */
export function primeFactors(value«: number»)«: number[]» {
  if (!Number.isSafeInteger(value) || value < 2) throw new RangeError('value must be an integer above 1');
  const factors«: number[]» = [];
  let rest = value;
  for (let divisor = 2; divisor * divisor <= rest; divisor += 1) {
    for (; rest % divisor === 0; rest /= divisor) factors.push(divisor);
  }
  return rest > 1 ? [...factors, rest] : factors;
}
`,
    behaviours: [
      {
        name: 'lists factors with repetition',
        calls: [
          ['primeFactors(360)', '[2, 2, 2, 3, 3, 5]'],
          ['primeFactors(49)', '[7, 7]'],
        ],
      },
      { name: 'gives a prime back', calls: [['primeFactors(97)', '[97]']] },
      {
        name: 'refuses numbers without factors',
        refuses: [
          ['primeFactors(1)', 'RangeError'],
          ['primeFactors(2.5)', 'RangeError'],
        ],
      },
    ],
  },
  {
    name: 'gcd',
    phrases: ['greatest common divisor', 'greatest common factor', 'highest common factor', 'euclidean algorithm'],
    does: 'Computes the greatest common divisor',
    source: `
/**
 * Computes the greatest common divisor of two integers.
 * @throws RangeError when one is not an integer
 */
export function gcd(first«: number», second«: number»)«: number» {
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(second)) throw new RangeError('both must be integers');
  let [larger, smaller] = [Math.abs(first), Math.abs(second)];
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
`,
    behaviours: [
      {
        name: 'finds the largest divisor of both',
        calls: [
          ['gcd(48, 36)', '12'],
          ['gcd(7, 13)', '1'],
          ['gcd(-8, 12)', '4'],
        ],
      },
      {
        name: 'is the other number when one is zero',
        calls: [
          ['gcd(0, 5)', '5'],
          ['gcd(0, 0)', '0'],
        ],
      },
      {
        name: 'refuses fractions',
        refuses: [
          ['gcd(1.5, 3)', 'RangeError'],
          ['gcd(3, Number.NaN)', 'RangeError'],
        ],
      },
    ],
  },
  {
    name: 'lcm',
    phrases: ['least common multiple', 'lowest common multiple', 'smallest common multiple'],
    does: 'Computes the least common multiple',
    source: `
/**
 * Computes the least common multiple of two integers.
 * @throws RangeError when one is not an integer
 */
export function lcm(first«: number», second«: number»)«: number» {
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(second)) throw new RangeError('both must be integers');
  if (first === 0 || second === 0) return 0;
  let [larger, smaller] = [Math.abs(first), Math.abs(second)];
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller];
  return Math.abs((first / larger) * second);
}
`,
    behaviours: [
      {
        name: 'finds the smallest multiple of both',
        calls: [
          ['lcm(4, 6)', '12'],
          ['lcm(-3, 5)', '15'],
          ['lcm(7, 7)', '7'],
        ],
      },
      {
        name: 'is zero when one is',
        calls: [
          ['lcm(0, 5)', '0'],
          ['lcm(5, 0)', '0'],
        ],
      },
      { name: 'refuses fractions', refuses: [['lcm(1.5, 3)', 'RangeError']] },
    ],
  },
]
