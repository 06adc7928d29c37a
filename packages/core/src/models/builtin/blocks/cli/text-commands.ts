import type { CliCommand } from './cli-command.ts'

const COMMAND_TYPE = { from: '../command', types: ['Command'] }
const USAGE_ERROR = { from: '../usage-error', names: ['UsageError'] }

export const TEXT_COMMANDS: readonly CliCommand[] = [
  {
    id: 'count',
    asked:
      /\b(?:(?:that|which|to)\s+)?(?:count(?:s|ing)?\s+(?:the\s+)?(?:number\s+of\s+)?(?:(?:words?|lines?|characters?|chars?)\s*(?:,|and|&)?\s*)+|(?:word|line|character)(?:\s+and\s+line)?[- ]?count(?:er|ing|s)?|wc\b(?:\s+clone)?|word\s*-?count)(?:\s*(?:of|in|from|for)\s+(?:(?:an?|the|any|given|text)\s+)*(?:files?|text|stdin|input|documents?|standard input))*/,
    does: 'Counts lines, words and characters of a file',
    usage: '[--json] [<file>]',
    imports: [COMMAND_TYPE],
    readsInput: true,
    source: `
/** Counts the lines, words and characters of a text; a last line without a line break counts. */
function count(text«: string») {
  const breaks = text.match(/\\n/g)?.length ?? 0;
  return {
    lines: text === '' || text.endsWith('\\n') ? breaks : breaks + 1,
    words: text.match(/\\S+/g)?.length ?? 0,
    characters: [...text].length,
  };
}

export const command«: Command» = {
  name: 'count',
  usage: '[--json] [<file>]',
  summary: 'Counts lines, words and characters of a file',
  options: { json: { type: 'boolean' } },
  async run({ positionals, values, readInput }) {
    const counts = count(await readInput(positionals[0]));
    if (values.json === true) return JSON.stringify(counts);
    return Object.entries(counts)
      .map(([name, value]) => \`\${name}: \${value}\`)
      .join('\\n');
  },
};
`,
    cases: [
      {
        name: 'counts a file',
        args: ['a.txt'],
        files: { 'a.txt': 'one two\nthree\n' },
        code: 0,
        output: 'lines: 2\nwords: 3\ncharacters: 14',
      },
      {
        name: 'counts the standard input',
        args: [],
        files: { '-': 'grüße 👍' },
        code: 0,
        output: 'lines: 1\nwords: 2\ncharacters: 7',
      },
      {
        name: 'counts nothing in an empty file',
        args: ['--json', 'a.txt'],
        files: { 'a.txt': '' },
        code: 0,
        output: '{"lines":0,"words":0,"characters":0}',
      },
      { name: 'fails for a file that is not there', args: ['b.txt'], code: 1, matches: /b\.txt/ },
    ],
  },
  {
    id: 'slugify',
    asked:
      /\b(?:slugify|slugif(?:ies|ying)|slugs?)\b(?:\s+(?:of|from|for)\s+(?:an?\s+|the\s+)?(?:texts?|titles?|strings?))?(?:\s+(?:texts?|titles?|strings?))?/,
    does: 'Turns a text into a slug for addresses',
    usage: '<text>',
    imports: [COMMAND_TYPE, USAGE_ERROR],
    readsInput: false,
    source: `
/** Turns a text into lower-case ASCII letters, digits and single hyphens. */
function slugify(text«: string»)«: string» {
  return text
    .normalize('NFKD')
    .replaceAll(/\\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

export const command«: Command» = {
  name: 'slugify',
  usage: '<text>',
  summary: 'Turns a text into a slug for addresses',
  options: {},
  run({ positionals }) {
    if (positionals.length === 0) throw new UsageError('Give a text.');
    return slugify(positionals.join(' '));
  },
};
`,
    cases: [
      {
        name: 'joins the words of its arguments',
        args: ['Hello,', 'Crème World!'],
        code: 0,
        output: 'hello-creme-world',
      },
      { name: 'refuses no text', args: [], code: 2, matches: /Give a text\./ },
    ],
  },
  {
    id: 'case',
    asked:
      /\b(?:convert(?:s|ing)?\s+)?(?:(?:the\s+)?(?:letter\s+)?case\s+(?:conversion|converter|of\s+(?:an?\s+|the\s+)?(?:texts?|strings?))|(?:texts?|strings?|words?|identifiers?)\s+(?:to|into|between)\s+(?:(?:camel|kebab|snake|pascal|constant)(?:[- ]?case)?(?:\s*(?:,|and|or)\s*)?)+|case[- ]convert(?:er|s)?)/,
    does: 'Writes a text in another letter case',
    usage: '--to camel|pascal|kebab|snake|constant <text>',
    imports: [COMMAND_TYPE, USAGE_ERROR],
    readsInput: false,
    source: `
const upperFirst = (word«: string») => word.charAt(0).toUpperCase() + word.slice(1);

const STYLES = new Map«<string, (words: string[]) => string>»([
  ['camel', (words) => words.map((word, index) => (index === 0 ? word : upperFirst(word))).join('')],
  ['pascal', (words) => words.map(upperFirst).join('')],
  ['kebab', (words) => words.join('-')],
  ['snake', (words) => words.join('_')],
  ['constant', (words) => words.join('_').toUpperCase()],
]);

/** Splits a text into lower-case words at spaces, signs and changes of letter case. */
function splitWords(text«: string»)«: string[]» {
  const spaced = text.replaceAll(/(\\p{Ll}|\\p{N})(\\p{Lu})/gu, '$1 $2');
  return (spaced.match(/[\\p{L}\\p{N}]+/gu) ?? []).map((word) => word.toLowerCase());
}

export const command«: Command» = {
  name: 'case',
  usage: '--to camel|pascal|kebab|snake|constant <text>',
  summary: 'Writes a text in another letter case',
  options: { to: { type: 'string' } },
  run({ positionals, values }) {
    const convert = STYLES.get(String(values.to));
    if (convert === undefined) throw new UsageError(\`--to must be one of \${[...STYLES.keys()].join(', ')}.\`);
    if (positionals.length === 0) throw new UsageError('Give a text.');
    return convert(splitWords(positionals.join(' ')));
  },
};
`,
    cases: [
      { name: 'writes camelCase', args: ['--to', 'camel', 'Hello big', 'world'], code: 0, output: 'helloBigWorld' },
      { name: 'writes PascalCase', args: ['--to', 'pascal', 'hello_world'], code: 0, output: 'HelloWorld' },
      { name: 'writes kebab-case', args: ['--to', 'kebab', 'helloWorld'], code: 0, output: 'hello-world' },
      { name: 'writes snake_case', args: ['--to', 'snake', 'hello-world'], code: 0, output: 'hello_world' },
      { name: 'writes CONSTANT_CASE', args: ['--to', 'constant', 'helloWorld 2'], code: 0, output: 'HELLO_WORLD_2' },
      { name: 'refuses an unknown case', args: ['--to', 'odd', 'text'], code: 2, matches: /--to must be one of camel/ },
      { name: 'refuses no text', args: ['--to', 'camel'], code: 2, matches: /Give a text\./ },
    ],
  },
]
