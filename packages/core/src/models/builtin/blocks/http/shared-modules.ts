import type { HttpFramework } from '../../plan/project-plan.ts'
import type { SourceModule } from '../../render/source-module.ts'

/** `src/config`: what the environment says. */
export function configModule(defaultPort: number): SourceModule {
  return {
    body: `
const DEFAULT_PORT = ${defaultPort};

/**
 * Reads the port to listen on; 0 lets the system choose a free one.
 * @throws RangeError when the value is not a port number
 */
export function readPort(value«: string | undefined»)«: number» {
  if (value === undefined || value === '') return DEFAULT_PORT;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(\`PORT must be an integer from 0 to 65535, got "\${value}"\`);
  }
  return port;
}
`,
  }
}

/** `src/main`: the entry point, small because it can only run as a process of its own. */
export const mainModule: SourceModule = {
  imports: [{ from: './server', names: ['run'] }],
  body: 'run(process);',
}

/** Where a framework puts the status on the errors that it throws itself; null when it throws none of its own. */
const STATUS_PROPERTY: Record<HttpFramework, string | null> = {
  'node:http': null,
  express: 'status',
  fastify: 'statusCode',
  hono: null,
}

/** `src/errors`: errors meant for clients, and the answer to any error. */
export function errorsModule(framework: HttpFramework, withDetails: boolean): SourceModule {
  const property = STATUS_PROPERTY[framework]
  return {
    body: `
${withDetails ? '«/** What is wrong with one field of a request body. */»\n«export interface Issue {\n  field: string;\n  message: string;\n}»\n\n' : ''}«export interface ErrorAnswer {
  status: number;
  body: { error: string${withDetails ? '; details?: readonly Issue[] | undefined' : ''} };
}»

/** An error that the client caused and may read about. */
export class HttpError extends Error {
  «readonly status: number;»
${withDetails ? '  «readonly details: readonly Issue[] | undefined;»\n' : ''}
  constructor(status«: number», message«: string»${withDetails ? ', details«?: readonly Issue[]»' : ''}) {
    super(message);
    this.name = 'HttpError';
    this.status = status;
${withDetails ? '    this.details = details;\n' : ''}  }
}

/** Turns any error into an answer; only client errors show their message, all others go to \`report\`. */
export function toErrorAnswer(error«: unknown», report«: (error: unknown) => void»)«: ErrorAnswer» {
  if (error instanceof HttpError) {
${withDetails ? '    const { status, message, details } = error;\n    return { status, body: details === undefined ? { error: message } : { error: message, details } };' : '    return { status: error.status, body: { error: error.message } };'}
  }
${property === null ? '' : frameworkErrors(framework, property)}  report(error);
  return { status: 500, body: { error: 'Internal server error' } };
}
`,
  }
}

function frameworkErrors(framework: HttpFramework, property: string): string {
  return `  // ${framework} puts the status on errors of its own, such as malformed JSON.
  const status = «(»error« as { ${property}?: unknown } | null)»?.${property};
  if (error instanceof Error && typeof status === 'number' && status >= 400 && status < 500) {
    return { status, body: { error: error.message } };
  }
`
}

/** `src/greeting`: the text of a greeting route. */
export const greetingModule: SourceModule = {
  imports: [{ from: './errors', names: ['HttpError'] }],
  body: `
const MAX_NAME_LENGTH = 100;

/**
 * Composes a greeting.
 * @throws HttpError 400 when the name is repeated or longer than 100 characters
 */
export function greet(name«: unknown»)«: string» {
  if (name === undefined || name === '') return 'Hello, world!';
  if (typeof name !== 'string' || name.length > MAX_NAME_LENGTH) {
    throw new HttpError(400, \`name must be one text of at most \${MAX_NAME_LENGTH} characters\`);
  }
  return \`Hello, \${name}!\`;
}
`,
}
