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
