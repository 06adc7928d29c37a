import { z } from 'zod'
import { jsonValue } from './json.ts'

const textList = z.union([z.string().max(20_000), z.array(z.string().max(4_096)).max(1_000)])

/** Files given with the request: paths, path -> content, or a list of both. */
const givenFiles = z.union([
  z.string().max(200_000),
  z
    .array(
      z.union([
        z.string().max(4_096),
        z.object({ path: z.string().min(1).max(4_096), content: z.string().max(2_000_000) }),
      ]),
    )
    .max(2_000),
  z.record(z.string(), z.string().max(2_000_000)),
])

const numberLike = z.union([z.number(), z.string().max(32)])
const booleanLike = z.union([z.boolean(), z.enum(['true', 'false'])])

/**
 * Options of a request. Strings are parsed where another type is meant (`"80%"`, `"security,performance"`).
 * Options not named here are kept, handed to the agents and reported in `metadata.warnings`.
 */
export const requestOptions = z
  .object({
    projectType: z.string().max(200).describe('What is built, for example "rest-api" or "cli"'),
    existingRequirements: textList.describe('Requirements that already hold; the Spec agent keeps them'),
    existingFiles: givenFiles.describe('Files the work starts from'),
    targetFiles: textList.describe('Paths the work may touch or is about'),
    testFramework: z.string().max(64).describe('node:test, vitest or jest'),
    coverageGoals: z
      .union([numberLike, z.record(z.string(), numberLike)])
      .describe('Line coverage to reach, such as "80%", 80 or {"lines": 80, "branches": 70}'),
    reviewFocus: textList.describe('What the Reviewer looks at first, such as "security,performance"'),
    logs: textList.describe('Logs or stack traces for the Debug agent'),
    codebaseFiles: givenFiles.describe('Files the Debug agent reads'),
    debugFocus: textList.describe('Where the Debug agent looks first'),
    model: z.string().max(200).describe('Model for every agent, "provider:model"'),
    models: z.record(z.string(), z.string().max(200)).describe('Model per agent'),
    maxFixRounds: numberLike.describe('How often red results go back to Debug and Code, 0..10, default 2'),
    severityThreshold: z
      .enum(['info', 'low', 'medium', 'high', 'critical'])
      .describe('Findings at or above it fail the run'),
    timeoutS: numberLike.describe('Time limit of the whole run in seconds'),
    stepTimeoutS: numberLike.describe('Time limit of each step in seconds; default none'),
    callTimeoutS: numberLike.describe(
      'Time limit of each model call, with its retries, and of each command of an agent, in seconds; default none',
    ),
    stallTimeoutS: numberLike.describe(
      'A step in which nothing happens for so many seconds is ended; 0: never; default CODEX_STALL_TIMEOUT_S (900)',
    ),
    verify: z
      .union([
        booleanLike,
        z.strictObject({
          enabled: booleanLike.optional(),
          commands: z.union([z.string().max(4_096), z.array(z.string().max(4_096)).max(32)]).optional(),
        }),
      ])
      .describe(
        'Whether to execute tests, default true; or {"commands": ["npm run lint"]}: shell commands that must end with 0 besides',
      ),
    integrity: z
      .enum(['enforce', 'report', 'off'])
      .describe('What weakened, skipped or deleted tests do: fail the run (default), stand in the report, or nothing'),
    mutants: numberLike.describe('Faults to seed on changed lines to see whether the tests notice, 0..50, default 4'),
    maxMutantsSurviving: numberLike.describe('More unnoticed faults than this fail the run; not given: only reported'),
    analyzers: z
      .enum(['fast', 'deep', 'off'])
      .describe('Static analysis behind the review: default fast; deep adds ESLint with its security rules'),
    reviewScope: z
      .enum(['changes', 'all'])
      .describe('Whether findings must lie on lines that the run changed; default changes where anything changed'),
    cache: booleanLike,
    candidates: numberLike,
  })
  .partial()
  .catchall(jsonValue)
export type RequestOptions = z.infer<typeof requestOptions>

/** Names of the options that the service knows, in the SDK's spelling. */
export const KNOWN_OPTIONS: ReadonlySet<string> = new Set(Object.keys(requestOptions.shape))
