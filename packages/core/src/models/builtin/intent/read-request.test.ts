import { CodexError } from '@codex/protocol'
import { expect, test } from 'vitest'
import type { AgentTask } from '../../../task/agent-task.ts'
import type { ProjectPlan } from '../plan/project-plan.ts'
import { readRequest } from './read-request.ts'

function read(prompt: string, more: Partial<AgentTask> = {}): ProjectPlan {
  const testing = { writesTests: true, framework: null, coverageGoal: null }
  return readRequest({ prompt, context: {}, options: {}, testing, ...more })
}

/** A plan in one line. */
function describe({ toolchain, body }: ProjectPlan): string {
  const tools = [
    ...(toolchain.language === 'typescript' ? ['ts'] : []),
    ...(toolchain.runner === 'node:test' ? [] : [toolchain.runner]),
  ]
  if (body.kind === 'cli') return ['cli', ...tools, ...body.commands].join(' ')
  if (body.kind === 'library') return ['library', ...tools, ...body.functions].join(' ')
  const routes = body.routes.map((route) =>
    route.kind === 'message' ? `${route.path}=${route.format}:${route.message}` : `${route.path}=${route.kind}`,
  )
  const resources = body.resources.map(({ path, fields }) => {
    const list = fields.map(({ name, type, required, values }) => {
      const kind = type === 'enum' ? values.join('|') : type
      return `${name}:${kind}${required ? '' : '?'}`
    })
    return `${path}(${list.join(' ')})`
  })
  const port = body.port === 3000 ? [] : [`port=${body.port}`]
  return [body.framework, ...tools, ...port, ...resources, ...routes].join(' ')
}

const HELLO = '/=json:Hello, world! /health=health'

const SERVED: readonly (readonly [prompt: string, plan: string])[] = [
  ['Create a simple HTTP server in Node.js', `node:http ${HELLO}`],
  ['Create a simple HTTP server in Node.js with Express', `express ${HELLO}`],
  ['Make a web server in JavaScript', `node:http ${HELLO}`],
  ['Write me a minimal Node.js http server please', `node:http ${HELLO}`],
  ['Build a Hono server in TypeScript with vitest tests', `hono ts vitest ${HELLO}`],
  ['Create a Node.js server in TypeScript using Fastify', `fastify ts ${HELLO}`],
  ['simple express server with error handling and graceful shutdown', `express ${HELLO}`],
  ['HTTP server without authentication', `node:http ${HELLO}`],
  ['HTTP server with no database, websockets or cookies', `node:http ${HELLO}`],
  ['Create a server without any frameworks, port from the PORT environment variable', `node:http ${HELLO}`],
  ['Express server with 85% test coverage', `express ${HELLO}`],
  ['Create a Fastify server with a health check endpoint', 'fastify /health=health'],
  ['I need a small web service with GET /status', 'node:http /status=health'],
  ['Create a hello world web server on port 8080 using Fastify', 'fastify port=8080 /=text:hello world'],
  ['Hello World in Node.js', 'node:http /=text:Hello World'],
  ['Create an Express server that returns "Hello World" on GET /', 'express /=text:Hello World'],
  ['Express server with a single GET / endpoint that returns "Hi" as JSON', 'express /=json:Hi'],
  ['express server which responds with {"message": "hi"} on GET /hello', 'express /hello=json:hi'],
  ['Express server, GET /ping returns "pong"', 'express /ping=text:pong'],
  ['A server with a /health route and GET /a that returns "Hi there"', 'node:http /a=text:Hi there /health=health'],
  ['Web server with an echo endpoint and a /time route', 'node:http /time=time /echo=echo'],
  ['HTTP server with three routes: /, /health and /time', 'node:http /=json:Hello, world! /health=health /time=time'],
  ['HTTP server with health check and greeting by name', 'node:http /health=health /hello=greeting'],
  ['Create a microservice in TypeScript with Hono that returns the current time', 'hono ts /time=time'],
  [
    'REST API for books with title (string), pages (integer), available (boolean)',
    'node:http books(title:string pages:integer available:boolean) /health=health',
  ],
  [
    'REST API with Express for managing users (name, email, age) and posts (title, body) in TypeScript with vitest tests',
    'express ts vitest users(name:string email:email age:integer) posts(title:string body:string) /health=health',
  ],
  ['todo API with hono', 'hono todos(title:string completed:boolean? dueDate:date?) /health=health'],
  [
    'CRUD API for products with name, price and in stock flag',
    'node:http products(name:string price:number inStock:boolean) /health=health',
  ],
  [
    'Create a todo list REST API in TypeScript using Fastify with pagination and validation',
    'fastify ts todos(title:string completed:boolean? dueDate:date?) /health=health',
  ],
  [
    'REST CRUD API for tasks: title (string), status (enum: open, in_progress, done), due date (date, optional)',
    'node:http tasks(title:string status:open|in_progress|done dueDate:date?) /health=health',
  ],
  [
    'Express REST API for orders with fields customer email, total (number), paid (boolean); use jest',
    'express jest orders(customerEmail:email total:number paid:boolean) /health=health',
  ],
  [
    'REST API for pets with name, species (enum: dog|cat|bird) and age',
    'node:http pets(name:string species:dog|cat|bird age:integer) /health=health',
  ],
  [
    'REST API using Node.js, TypeScript and Express for managing a list of books',
    'express ts books(title:string author:string year:integer? available:boolean?) /health=health',
  ],
  [
    'Implement a CRUD API using Express.js. The resource is books with fields title, author, isbn, and publishedYear.',
    'express books(title:string author:string isbn:string publishedYear:integer) /health=health',
  ],
  [
    'Fastify REST API with CRUD operations for customers (name: string, email: email, age: integer optional), in-memory storage',
    'fastify customers(name:string email:email age:integer?) /health=health',
  ],
  [
    'Express REST API for tasks with title and completed. GET /tasks, POST /tasks, GET /tasks/:id, DELETE /tasks/:id',
    'express tasks(title:string completed:boolean) /health=health',
  ],
  ['Create a user management API with name and email', 'node:http users(name:string email:email) /health=health'],
  [
    'REST API for blog posts with title and published (boolean), with pagination, filtering and at least 90% coverage',
    'node:http blog-posts(title:string published:boolean) /health=health',
  ],
  [
    'REST API to manage a library of books with title and year',
    'node:http books(title:string year:integer) /health=health',
  ],
  ['Create a command-line tool that counts words, lines and characters of a file', 'cli count'],
  ['Build a CLI that converts CSV to JSON in TypeScript', 'cli ts csv-to-json'],
  ['CLI tool to pretty print JSON and compute sha256 hashes, tested with vitest', 'cli vitest json hash'],
  ['A command line utility to generate UUIDs with a --count option', 'cli uuid'],
  ['command line tool which converts temperatures between Celsius and Fahrenheit', 'cli temperature'],
  ['Create a command-line program to encode and decode base64', 'cli base64'],
  ['Write a CLI for slugifying text', 'cli slugify'],
  ['Write a function isPrime', 'library isPrime'],
  ['Write a function that checks if a number is prime', 'library isPrime'],
  [
    'Create a utility library with slugify, camelCase, chunk and groupBy in TypeScript with vitest',
    'library ts vitest slugify camelCase chunk groupBy',
  ],
  ['Library of functions: gcd, lcm, fibonacci, levenshtein distance', 'library levenshtein fibonacci gcd lcm'],
  ['Write a function that reverses a string with jest tests', 'library jest reverseString'],
  ['Write functions for mean, median and mode', 'library mean median mode'],
  ['Implement levenshtein distance', 'library levenshtein'],
]

test.each(SERVED)('reads "%s"', (prompt, plan) => {
  expect(describe(read(prompt))).toBe(plan)
})

const REFUSED: readonly (readonly [prompt: string, reason: RegExp])[] = [
  ['HTTP server with OAuth login and Kafka', /"oauth", "login", "kafka"/],
  ['Create an Express server with JWT authentication and MongoDB', /"jwt", "authentication", "mongodb"/],
  ['REST API for books with authentication', /"authentication"/],
  ['REST API for books with PostgreSQL', /"postgresql"/],
  ['Build an API that stores data in SQLite', /"sqlite"/],
  ['React app with a login page', /"react", "login", "page"/],
  ['Build a chat server with websockets', /"chat", "websockets"/],
  ['Make a GraphQL API for books', /"graphql"/],
  ['Python Flask API for books', /"python", "flask"/],
  ['HTTP server with rate limiting', /"rate", "limiting"/],
  ['HTTP server with CORS and logging', /"cors", "logging"/],
  ['Create a Dockerized express server', /"dockerized"/],
  ['HTTP server that serves static files', /"static", "files"/],
  ['HTTP server that serves files', /"files"/],
  ['Create an HTTP server that uploads files', /"uploads"/],
  ['Node.js HTTP/2 server', /"\/2"/],
  ['Create a reverse proxy', /"proxy"/],
  ['Create a secure, scalable HTTP server', /"secure", "scalable"/],
  ['HTTP server that responds with "Hello" to all requests', /One answer to every request/],
  ['HTTP server without tests', /"without"/],
  ['HTTP server with GET /a', /"\/a"/],
  ['Create a web app', /"web"/],
  ['REST API for books with search and sorting', /"search".*"sorting"/],
  ['REST API for books with nested reviews', /"nested", "reviews"/],
  ['REST API for books where title must be unique', /"unique"/],
  ['REST API for books with title (string, unique)', /"unique" says something/],
  ['REST API for books with title: uuid', /type "uuid" is not one of/],
  ['REST API for books with status (enum)', /enum "status" names no values/],
  ['REST API for users with email and password', /"password" would be kept in clear text/],
  ['REST API for posts with title and comments', /"comments"/],
  ['REST API for notes with text and limit (integer)', /"limit" would collide/],
  ['REST API for errors with code', /names neither a resource nor a route/],
  ['Create a REST API with Express', /names neither a resource nor a route/],
  ['HTTP server that returns "a «b»"', /"b"/],
  ['REST API for weather forecasts', /which fields "weather forecasts" have/],
  ['REST API for books with 100% coverage', /"100" coverage is not promised/],
  ['Build an e-commerce backend', /"e-commerce"/],
  ['Create a URL shortener API', /"url", "shortener"/],
  ['CLI todo manager', /"todo", "manager"/],
  ['Create a Node.js CLI', /names no command/],
  ['CLI tool to count words with colored output', /"colored"/],
  ['CLI tool to count words with a --verbose option', /"verbose"/],
  ['A TypeScript module with a debounce function', /"debounce"/],
  ['Write a function that returns the sum of two numbers', /"two"/],
  ['Write a library in a single file with slugify', /"file"/],
  ['write a sorting algorithm', /"sorting"/],
  ['Fix the bug in my code', /"fix", "bug"/],
  ['Refactor the code', /"refactor"/],
  ['Write unit tests for my code', /names nothing that can be composed/],
  ['Express and Fastify server', /both express and fastify/],
  ['HTTP server in JavaScript and TypeScript', /both typescript and javascript/],
  ['Express server with jest using ES modules', /CommonJS only/],
  ['Fastify server in TypeScript with CommonJS', /ES modules only/],
  ['Hono server with vitest and CommonJS', /ES modules only/],
]

test.each(REFUSED)('refuses "%s"', (prompt, reason) => {
  const error = (() => {
    try {
      return read(prompt)
    } catch (thrown) {
      return thrown
    }
  })()
  expect(CodexError.isInstance(error) && error.code).toBe('MODEL_CANNOT_SERVE')
  expect((error as CodexError).message).toMatch(reason)
})

test('takes parameters from the context', () => {
  const context = { language: 'typescript', framework: 'hono', port: 4000, name: 'My Server', packageManager: 'npm' }
  const plan = read('Create a simple HTTP server', { context })
  expect(describe(plan)).toBe(`hono ts port=4000 ${HELLO}`)
  expect(plan.name).toBe('my-server')
})

test('takes the project type, requirements and runner from the options', () => {
  const options = {
    projectType: 'rest-api',
    existingRequirements: ['The API must support pagination', 'GET /health returns the status'],
    testFramework: 'jest',
  }
  const plan = read('Express API for books with title', { options })
  expect(describe(plan)).toBe('express jest books(title:string) /health=health')
})

test.each([
  [{ database: 'postgres' }, /"database: postgres" is not understood/],
  [{ framework: 'koa' }, /"koa"/],
  [{ language: 'python' }, /"python"/],
])('refuses the context %j', (context, reason) => {
  expect(() => read('Create a simple HTTP server', { context })).toThrow(reason)
})

test.each([
  [{ existingRequirements: ['Users must log in with OAuth'] }, /"oauth"/],
  [{ testFramework: 'mocha' }, /test framework "mocha"/],
  [{ projectType: 'mobile-app' }, /"mobile-app"/],
])('refuses the options %j', (options, reason) => {
  expect(() => read('Create a simple HTTP server', { options })).toThrow(reason)
})

test.each(['rest-api', 'rest_api', 'web-server', 'http-server', 'backend', 'api', 'microservice'])(
  'knows the project type %s',
  (projectType) => {
    expect(read('Create a simple server', { options: { projectType } }).body.kind).toBe('http')
  },
)

test('refuses another runner in the prompt than in the options', () => {
  const testing = { writesTests: true, framework: 'vitest', coverageGoal: null }
  expect(() => read('HTTP server with jest tests', { testing })).toThrow(/asks for jest and the options ask for vitest/)
})

test('states what it chose where the request left it open', () => {
  expect(read('todo API').assumptions).toEqual([
    'The request names no fields for todo; it gets title, completed, dueDate.',
    'GET /health is there for supervisors.',
    'The request names no language: it is JavaScript.',
  ])
})
