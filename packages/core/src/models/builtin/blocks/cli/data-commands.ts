import type { CliCommand } from './cli-command.ts'

const COMMAND_TYPE = { from: '../command', types: ['Command'] }
const USAGE_ERROR = { from: '../usage-error', names: ['UsageError'] }

export const DATA_COMMANDS: readonly CliCommand[] = [
  {
    id: 'json',
    asked:
      /\b(?:(?:format(?:s|ting|ted)?|pretty[- ]?print(?:s|ing)?|beautif(?:y|ies)|indents?|minif(?:y|ies))(?:\s+(?:and|or)\s+(?:formats?|pretty[- ]?prints?|validates?|minif(?:y|ies)))?\s+(?:an?\s+)?json\b|json\s+(?:format(?:ter|ting)?|pretty[- ]?print(?:er|ing)?|beautifier|minifier))(?:\s+(?:files?|data|documents?|text|input))?/,
    does: 'Formats JSON',
    usage: '[--indent <0-8>] [<file>]',
    imports: [COMMAND_TYPE, USAGE_ERROR],
    readsInput: true,
    source: `
const MAX_INDENT = 8;

/**
 * Formats JSON; an indent of 0 writes it on one line.
 * @throws Error when the text is not JSON
 */
function formatJson(text«: string», indent«: number»)«: string» {
  let value«: unknown»;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(\`This is not JSON: \${«(»cause« as Error)».message}\`, { cause });
  }
  return JSON.stringify(value, null, indent);
}

export const command«: Command» = {
  name: 'json',
  usage: '[--indent <0-8>] [<file>]',
  summary: 'Formats JSON',
  options: { indent: { type: 'string', default: '2' } },
  async run({ positionals, values, readInput }) {
    const indent = Number(values.indent);
    if (!Number.isInteger(indent) || indent < 0 || indent > MAX_INDENT) {
      throw new UsageError(\`--indent must be an integer from 0 to \${MAX_INDENT}.\`);
    }
    return formatJson(await readInput(positionals[0]), indent);
  },
};
`,
    cases: [
      {
        name: 'indents by two spaces',
        args: ['a.json'],
        files: { 'a.json': '{"a":[1]}' },
        code: 0,
        output: '{\n  "a": [\n    1\n  ]\n}',
      },
      {
        name: 'writes one line with an indent of 0',
        args: ['--indent', '0'],
        files: { '-': '{ "a": 1 }' },
        code: 0,
        output: '{"a":1}',
      },
      {
        name: 'fails for what is not JSON',
        args: ['a.json'],
        files: { 'a.json': '{' },
        code: 1,
        matches: /This is not JSON/,
      },
      { name: 'refuses other indents', args: ['--indent', '9'], code: 2, matches: /--indent must be an integer/ },
    ],
  },
  {
    id: 'csv-to-json',
    asked:
      /\b(?:(?:convert(?:s|ing)?|turn(?:s|ing)?|transform(?:s|ing)?|pars(?:es|ing))\s+(?:an?\s+)?csv(?:\s+files?|\s+data)?\s*(?:to|into)\s*json|csv[- ]?(?:to|2)[- ]?json)(?:\s+(?:converter|conversion|files?|tool))?/,
    does: 'Turns CSV with a header line into JSON',
    usage: '[--delimiter <character>] [<file>]',
    imports: [COMMAND_TYPE, USAGE_ERROR],
    readsInput: true,
    source: `
/**
 * Parses CSV as RFC 4180 describes it: quoted fields may hold delimiters, line breaks and doubled quotes.
 * @throws Error when a quoted field does not end
 */
function parseCsv(text«: string», delimiter«: string»)«: string[][]» {
  const rows«: string[][]» = [];
  let row«: string[]» = [];
  let field = '';
  let quoted = false;
  const characters = [...text.replaceAll('\\r\\n', '\\n')];
  for (const [index, character] of characters.entries()) {
    if (quoted) {
      if (character !== '"') field += character;
      else quoted = false;
    } else if (character === '"') {
      // A quote right behind a closing one is a quote of the text.
      if (characters[index - 1] === '"') field += '"';
      quoted = true;
    } else if (character === delimiter || character === '\\n') {
      row.push(field);
      field = '';
      if (character === '\\n') {
        rows.push(row);
        row = [];
      }
    } else {
      field += character;
    }
  }
  if (quoted) throw new Error('A quoted field does not end.');
  if (field !== '' || row.length > 0) rows.push([...row, field]);
  return rows;
}

/**
 * Makes one record per line, named by the header line.
 * @throws Error when a line has another number of fields than the header
 */
function toRecords(rows«: string[][]»)«: Record<string, string>[]» {
  const [header = [], ...lines] = rows;
  return lines.map((fields, index) => {
    if (fields.length !== header.length) {
      throw new Error(\`Record \${index + 1} has \${fields.length} fields, the header has \${header.length}.\`);
    }
    return Object.fromEntries(header.map((name, column) => [name, fields[column]« ?? ''»]));
  });
}

export const command«: Command» = {
  name: 'csv-to-json',
  usage: '[--delimiter <character>] [<file>]',
  summary: 'Turns CSV with a header line into JSON',
  options: { delimiter: { type: 'string', default: ',' } },
  async run({ positionals, values, readInput }) {
    const delimiter = String(values.delimiter);
    if (delimiter.length !== 1) throw new UsageError('--delimiter must be one character.');
    return JSON.stringify(toRecords(parseCsv(await readInput(positionals[0]), delimiter)), null, 2);
  },
};
`,
    cases: [
      {
        name: 'makes one record per line',
        args: ['a.csv'],
        files: { 'a.csv': 'name,age\nAda,36\nAlan,41\n' },
        code: 0,
        output: '[\n  {\n    "name": "Ada",\n    "age": "36"\n  },\n  {\n    "name": "Alan",\n    "age": "41"\n  }\n]',
      },
      {
        name: 'reads quoted fields',
        args: [],
        files: { '-': 'text\r\n"a, ""b""\nc"' },
        code: 0,
        output: '[\n  {\n    "text": "a, \\"b\\"\\nc"\n  }\n]',
      },
      {
        name: 'takes another delimiter',
        args: ['--delimiter', ';'],
        files: { '-': 'a;b\n1;2' },
        code: 0,
        output: '[\n  {\n    "a": "1",\n    "b": "2"\n  }\n]',
      },
      { name: 'makes an empty list of nothing', args: [], files: { '-': '' }, code: 0, output: '[]' },
      {
        name: 'fails for a quoted field that does not end',
        args: [],
        files: { '-': 'a\n"b' },
        code: 1,
        matches: /does not end/,
      },
      {
        name: 'fails for a line with too many fields',
        args: [],
        files: { '-': 'a\n1,2' },
        code: 1,
        matches: /Record 1 has 2 fields/,
      },
      {
        name: 'refuses a delimiter of two characters',
        args: ['--delimiter', ';;'],
        code: 2,
        matches: /must be one character/,
      },
    ],
  },
  {
    id: 'base64',
    asked:
      /\b(?:(?:encod(?:e|es|ing)|decod(?:e|es|ing))(?:\s*(?:and|or|\/)\s*(?:encod(?:e|es|ing)|decod(?:e|es|ing)))?\s+(?:(?:texts?|files?|strings?)\s+)?(?:(?:to|from|as|in|into)\s*(?:and\s+from\s+)?)*base-?64|base-?64(?:\s+(?:encod(?:e|es|er|ing)|decod(?:e|es|er|ing))(?:\s*(?:and|or|\/)\s*(?:encod(?:e|er|ing)|decod(?:e|er|ing)))?)?)/,
    does: 'Encodes text as Base64, or decodes it',
    usage: '[--decode] [<file>]',
    imports: [COMMAND_TYPE],
    readsInput: true,
    source: `
function encode(text«: string»)«: string» {
  return Buffer.from(text, 'utf8').toString('base64');
}

/**
 * Decodes Base64; white space is passed over.
 * @throws Error when the text is not Base64
 */
function decode(text«: string»)«: string» {
  const compact = text.replaceAll(/\\s/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) throw new Error('This is not Base64.');
  return Buffer.from(compact, 'base64').toString('utf8');
}

export const command«: Command» = {
  name: 'base64',
  usage: '[--decode] [<file>]',
  summary: 'Encodes text as Base64, or decodes it',
  options: { decode: { type: 'boolean' } },
  async run({ positionals, values, readInput }) {
    const text = await readInput(positionals[0]);
    return values.decode === true ? decode(text) : encode(text);
  },
};
`,
    cases: [
      { name: 'encodes', args: ['a.txt'], files: { 'a.txt': 'grüße' }, code: 0, output: 'Z3LDvMOfZQ==' },
      { name: 'decodes', args: ['--decode'], files: { '-': 'Z3LDvMOf\nZQ==\n' }, code: 0, output: 'grüße' },
      {
        name: 'fails for what is not Base64',
        args: ['--decode'],
        files: { '-': 'abc!' },
        code: 1,
        matches: /not Base64/,
      },
    ],
  },
]
