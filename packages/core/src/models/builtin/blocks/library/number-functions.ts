import type { LibraryFunction } from './library-function.ts'

export const NUMBER_FUNCTIONS: readonly LibraryFunction[] = [
  {
    name: 'clamp',
    phrases: ['clamp a number', 'clamp number', 'clamp value'],
    does: 'Brings a number into a range',
    source: `
/**
 * Brings a number into a range, both ends included.
 * @throws RangeError when the lower end is above the upper one
 */
export function clamp(value«: number», min«: number», max«: number»)«: number» {
  if (min > max) throw new RangeError('min must not be above max');
  return Math.min(Math.max(value, min), max);
}
`,
    behaviours: [
      { name: 'keeps numbers inside', calls: [['clamp(5, 1, 10)', '5']] },
      {
        name: 'moves others to the nearer end',
        calls: [
          ['clamp(-5, 1, 10)', '1'],
          ['clamp(50, 1, 10)', '10'],
        ],
      },
      { name: 'refuses a range upside down', refuses: [['clamp(1, 2, 1)', 'RangeError']] },
    ],
  },
  {
    name: 'roundTo',
    phrases: ['round to decimals', 'round to decimal places', 'round number'],
    does: 'Rounds a number to decimal places',
    source: `
/**
 * Rounds a number to 0 to 15 decimal places.
 * @throws RangeError when the number of places is outside of that
 */
export function roundTo(value«: number», places«: number»)«: number» {
  if (!Number.isInteger(places) || places < 0 || places > 15) throw new RangeError('places must be an integer from 0 to 15');
  return Number(\`\${Math.round(Number(\`\${value}e\${places}\`))}e-\${places}\`);
}
`,
    behaviours: [
      {
        name: 'rounds half up',
        calls: [
          ['roundTo(1.005, 2)', '1.01'],
          ['roundTo(2.5, 0)', '3'],
        ],
      },
      {
        name: 'refuses places outside of its range',
        refuses: [
          ['roundTo(1, -1)', 'RangeError'],
          ['roundTo(1, 16)', 'RangeError'],
        ],
      },
    ],
  },
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
  {
    name: 'isLeapYear',
    phrases: ['leap year', 'leap years', 'leap year check', 'leap year checker'],
    does: 'Tells whether a year is a leap year',
    source: `
/**
 * Tells whether a year of the Gregorian calendar is a leap year.
 * @throws RangeError when it is not an integer
 */
export function isLeapYear(year«: number»)«: boolean» {
  if (!Number.isInteger(year)) throw new RangeError('year must be an integer');
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}
`,
    behaviours: [
      {
        name: 'knows the three rules',
        calls: [
          ['isLeapYear(2024)', 'true'],
          ['isLeapYear(1900)', 'false'],
          ['isLeapYear(2000)', 'true'],
          ['isLeapYear(2023)', 'false'],
        ],
      },
      { name: 'refuses fractions', refuses: [['isLeapYear(2024.5)', 'RangeError']] },
    ],
  },
  {
    name: 'romanNumeral',
    phrases: [
      'roman numerals',
      'to roman',
      'toRoman',
      'number to roman numeral',
      'convert to roman numerals',
      'roman numeral converter',
      'integer to roman',
    ],
    does: 'Writes a number as a Roman numeral',
    source: `
const SYMBOLS«: [number, string][]» = [
  [1000, 'M'],
  [900, 'CM'],
  [500, 'D'],
  [400, 'CD'],
  [100, 'C'],
  [90, 'XC'],
  [50, 'L'],
  [40, 'XL'],
  [10, 'X'],
  [9, 'IX'],
  [5, 'V'],
  [4, 'IV'],
  [1, 'I'],
];

/**
 * Writes a number as a Roman numeral.
 * @throws RangeError when it is not an integer from 1 to 3999
 */
export function romanNumeral(value«: number»)«: string» {
  if (!Number.isInteger(value) || value < 1 || value > 3999) throw new RangeError('value must be an integer from 1 to 3999');
  let rest = value;
  let numeral = '';
  for (const [worth, symbol] of SYMBOLS) {
    numeral += symbol.repeat(Math.floor(rest / worth));
    rest %= worth;
  }
  return numeral;
}
`,
    behaviours: [
      {
        name: 'adds and subtracts symbols',
        calls: [
          ['romanNumeral(1)', "'I'"],
          ['romanNumeral(1994)', "'MCMXCIV'"],
          ['romanNumeral(3999)', "'MMMCMXCIX'"],
        ],
      },
      {
        name: 'refuses numbers without a numeral',
        refuses: [
          ['romanNumeral(0)', 'RangeError'],
          ['romanNumeral(4000)', 'RangeError'],
          ['romanNumeral(1.5)', 'RangeError'],
        ],
      },
    ],
  },
  {
    name: 'fizzBuzz',
    phrases: ['fizz buzz', 'fizzbuzz'],
    does: 'Lists the answers of the game FizzBuzz',
    source: `
/**
 * Lists the answers of the game FizzBuzz from 1 on.
 * @throws RangeError when the count is not an integer from 0 on
 */
export function fizzBuzz(count«: number»)«: string[]» {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError('count must be an integer from 0 on');
  return Array.from({ length: count }, (_unused, index) => {
    const value = index + 1;
    const words = (value % 3 === 0 ? 'Fizz' : '') + (value % 5 === 0 ? 'Buzz' : '');
    return words === '' ? String(value) : words;
  });
}
`,
    behaviours: [
      {
        name: 'replaces multiples of 3, 5 and both',
        calls: [
          ['fizzBuzz(5)', "['1', '2', 'Fizz', '4', 'Buzz']"],
          ['fizzBuzz(15).at(-1)', "'FizzBuzz'"],
        ],
      },
      { name: 'is empty for none', calls: [['fizzBuzz(0)', '[]']] },
      { name: 'refuses other counts', refuses: [['fizzBuzz(-1)', 'RangeError']] },
    ],
  },
  {
    name: 'celsiusToFahrenheit',
    phrases: ['celsius to fahrenheit', 'convert celsius to fahrenheit', 'c to f'],
    does: 'Converts degrees Celsius to Fahrenheit',
    source: `
/** Converts degrees Celsius to degrees Fahrenheit. */
export function celsiusToFahrenheit(celsius«: number»)«: number» {
  return (celsius * 9) / 5 + 32;
}
`,
    behaviours: [
      {
        name: 'knows freezing and boiling water',
        calls: [
          ['celsiusToFahrenheit(0)', '32'],
          ['celsiusToFahrenheit(100)', '212'],
        ],
      },
      { name: 'meets at 40 below zero', calls: [['celsiusToFahrenheit(-40)', '-40']] },
    ],
  },
  {
    name: 'fahrenheitToCelsius',
    phrases: ['fahrenheit to celsius', 'convert fahrenheit to celsius', 'f to c'],
    does: 'Converts degrees Fahrenheit to Celsius',
    source: `
/** Converts degrees Fahrenheit to degrees Celsius. */
export function fahrenheitToCelsius(fahrenheit«: number»)«: number» {
  return ((fahrenheit - 32) * 5) / 9;
}
`,
    behaviours: [
      {
        name: 'knows freezing and boiling water',
        calls: [
          ['fahrenheitToCelsius(32)', '0'],
          ['fahrenheitToCelsius(212)', '100'],
        ],
      },
      { name: 'meets at 40 below zero', calls: [['fahrenheitToCelsius(-40)', '-40']] },
    ],
  },
  {
    name: 'range',
    phrases: ['number range', 'range of numbers'],
    does: 'Lists the numbers of a range',
    source: `
/**
 * Lists the numbers from start up to but not including end.
 * @throws RangeError when the step is not above zero
 */
export function range(start«: number», end«: number», step = 1)«: number[]» {
  if (!(step > 0)) throw new RangeError('step must be above zero');
  const length = Math.max(0, Math.ceil((end - start) / step));
  return Array.from({ length }, (_unused, index) => start + index * step);
}
`,
    behaviours: [
      {
        name: 'counts up to the end',
        calls: [
          ['range(0, 4)', '[0, 1, 2, 3]'],
          ['range(1, 8, 3)', '[1, 4, 7]'],
        ],
      },
      {
        name: 'is empty when the end is not above the start',
        calls: [
          ['range(3, 3)', '[]'],
          ['range(5, 1)', '[]'],
        ],
      },
      {
        name: 'refuses a step that leads nowhere',
        refuses: [
          ['range(0, 1, 0)', 'RangeError'],
          ['range(0, 1, -1)', 'RangeError'],
        ],
      },
    ],
  },
]
