import type { CliCommand } from './cli-command.ts'

const COMMAND_TYPE = { from: '../command', types: ['Command'] }
const USAGE_ERROR = { from: '../usage-error', names: ['UsageError'] }

export const VALUE_COMMANDS: readonly CliCommand[] = [
  {
    id: 'hash',
    asked:
      /\b(?:(?:comput(?:e|es|ing)|calculat(?:e|es|ing)|print(?:s|ing)?)\s+)?(?:the\s+|an?\s+)?(?:sha-?(?:256|384|512)\s+)?(?:hash(?:es|ing)?|checksums?|digests?|sha-?(?:256|384|512)(?:sum)?)\b(?:\s*(?:of|for)\s+(?:an?\s+|the\s+)?(?:files?|texts?|input))?(?:\s+(?:with|using)\s+sha-?(?:256|384|512))?/,
    does: 'Computes the hash of a file',
    usage: '[--algorithm sha256|sha384|sha512] [<file>]',
    imports: [{ from: 'node:crypto', names: ['createHash'] }, COMMAND_TYPE, USAGE_ERROR],
    readsInput: true,
    source: `
const ALGORITHMS = ['sha256', 'sha384', 'sha512'];

function hash(text«: string», algorithm«: string»)«: string» {
  return createHash(algorithm).update(text, 'utf8').digest('hex');
}

export const command«: Command» = {
  name: 'hash',
  usage: '[--algorithm sha256|sha384|sha512] [<file>]',
  summary: 'Computes the hash of a file',
  options: { algorithm: { type: 'string', default: 'sha256' } },
  async run({ positionals, values, readInput }) {
    const algorithm = String(values.algorithm);
    if (!ALGORITHMS.includes(algorithm)) throw new UsageError(\`--algorithm must be one of \${ALGORITHMS.join(', ')}.\`);
    return hash(await readInput(positionals[0]), algorithm);
  },
};
`,
    cases: [
      {
        name: 'uses SHA-256',
        args: ['a.txt'],
        files: { 'a.txt': 'abc' },
        code: 0,
        output: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      },
      {
        name: 'uses the algorithm that is named',
        args: ['--algorithm', 'sha512'],
        files: { '-': 'abc' },
        code: 0,
        matches: /^ddaf35a1/,
      },
      {
        name: 'refuses broken algorithms',
        args: ['--algorithm', 'md5'],
        code: 2,
        matches: /--algorithm must be one of/,
      },
    ],
  },
  {
    id: 'uuid',
    asked:
      /\b(?:(?:generat(?:e|es|ing)|creat(?:e|es|ing)|print(?:s|ing)?|make)\s+)?(?:(?:an?|random|new|multiple|several|v4)\s+)*(?:uuids?|guids?)(?:\s*v4)?(?:\s+(?:generator|generation))?\b/,
    does: 'Makes random UUIDs',
    usage: '[--count <1-1000>]',
    imports: [{ from: 'node:crypto', names: ['randomUUID'] }, COMMAND_TYPE, USAGE_ERROR],
    readsInput: false,
    source: `
const MAX_COUNT = 1000;

export const command«: Command» = {
  name: 'uuid',
  usage: '[--count <1-1000>]',
  summary: 'Makes random UUIDs',
  options: { count: { type: 'string', default: '1' } },
  run({ values }) {
    const count = Number(values.count);
    if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT) {
      throw new UsageError(\`--count must be an integer from 1 to \${MAX_COUNT}.\`);
    }
    return Array.from({ length: count }, () => randomUUID()).join('\\n');
  },
};
`,
    cases: [
      { name: 'makes one', args: [], code: 0, matches: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\n$/ },
      { name: 'makes as many as asked for', args: ['--count', '3'], code: 0, matches: /^(?:[0-9a-f-]{36}\n){3}$/ },
      { name: 'refuses other counts', args: ['--count', '0'], code: 2, matches: /--count must be an integer/ },
    ],
  },
  {
    id: 'temperature',
    asked:
      /\b(?:(?:convert(?:s|ing)?|translat(?:e|es|ing))\s+)?(?:(?:the\s+)?temperatures?(?:\s+(?:conver(?:ter|sion|ting|t)|values?))?(?:\s*(?:between|from|in)?\s*(?:(?:celsius|fahrenheit|kelvin)\s*(?:,|to|and|or|into)?\s*)+)?|(?:celsius|fahrenheit|kelvin)\s*(?:to|and|into)\s*(?:(?:celsius|fahrenheit|kelvin)\s*(?:,|and|or)?\s*)+(?:conver(?:ter|sion))?)/,
    does: 'Converts temperatures',
    usage: '--from c|f|k --to c|f|k <degrees>',
    imports: [COMMAND_TYPE, USAGE_ERROR],
    readsInput: false,
    source: `
const UNITS = new Map([
  ['c', { toKelvin: (degrees«: number») => degrees + 273.15, fromKelvin: (kelvin«: number») => kelvin - 273.15 }],
  ['f', { toKelvin: (degrees«: number») => (degrees + 459.67) / 1.8, fromKelvin: (kelvin«: number») => kelvin * 1.8 - 459.67 }],
  ['k', { toKelvin: (degrees«: number») => degrees, fromKelvin: (kelvin«: number») => kelvin }],
]);

/**
 * Converts degrees between the units c, f and k, rounded to two decimal places.
 * @throws UsageError for another unit, or a temperature below absolute zero
 */
function convert(degrees«: number», from«: string», to«: string»)«: number» {
  const [source, target] = [UNITS.get(from), UNITS.get(to)];
  if (source === undefined || target === undefined) throw new UsageError('--from and --to must be c, f or k.');
  const kelvin = source.toKelvin(degrees);
  if (!(kelvin >= 0)) throw new UsageError('Give degrees above absolute zero.');
  return Math.round(target.fromKelvin(kelvin) * 100) / 100;
}

export const command«: Command» = {
  name: 'temperature',
  usage: '--from c|f|k --to c|f|k <degrees>',
  summary: 'Converts temperatures',
  options: { from: { type: 'string' }, to: { type: 'string' } },
  run({ positionals, values }) {
    return String(convert(Number(positionals[0]), String(values.from), String(values.to)));
  },
};
`,
    cases: [
      { name: 'converts Celsius to Fahrenheit', args: ['--from', 'c', '--to', 'f', '100'], code: 0, output: '212' },
      { name: 'converts Fahrenheit to Kelvin', args: ['--from', 'f', '--to', 'k', '32'], code: 0, output: '273.15' },
      { name: 'converts Kelvin to Celsius', args: ['--from', 'k', '--to', 'c', '0'], code: 0, output: '-273.15' },
      { name: 'refuses other units', args: ['--from', 'c', '--to', 'x', '1'], code: 2, matches: /must be c, f or k/ },
      {
        name: 'refuses what is no temperature',
        args: ['--from', 'k', '--to', 'c', 'warm'],
        code: 2,
        matches: /above absolute zero/,
      },
    ],
  },
]
