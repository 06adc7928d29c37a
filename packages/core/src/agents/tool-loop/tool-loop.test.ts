import { CodexError } from '@codex/protocol'
import type { ModelMessage } from 'ai'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { createScene, lastAnswers, type Scene, type Script } from '../scripted-context.fixture.ts'
import { WORKTREE_TOOLS } from '../tools/index.ts'
import { ALLOW_ALL } from '../tools/write-policy.ts'
import { shortenConversation } from './shorten-conversation.ts'
import { runToolLoop, type ToolLoopLimits } from './tool-loop.ts'

const finish = {
  description: 'Ends.',
  inputSchema: z.object({ summary: z.string(), list: z.array(z.string()).default([]) }),
}

function run(scene: Scene, limits: Partial<ToolLoopLimits> = {}, objection: () => string | null = () => null) {
  return runToolLoop({
    context: scene.context,
    task: scene.context.task,
    system: 'Work.',
    tools: WORKTREE_TOOLS,
    policy: ALLOW_ALL,
    finish,
    findObjection: async () => objection(),
    limits,
  })
}

const read = (path: string) => ({ calls: [['read_file', { path }] as const] })

test('executes calls in their order and ends at finish', async () => {
  const scene = await createScene({
    script: [
      {
        calls: [
          ['write_file', { path: 'a', content: '1\n' }],
          ['read_file', { path: 'a' }],
        ],
      },
      {
        text: 'ready',
        calls: [
          ['finish', { summary: 's' }],
          ['write_file', { path: 'late', content: 'x' }],
        ],
      },
    ],
  })
  expect(await run(scene)).toEqual({ report: { summary: 's', list: [] }, text: 'ready', turns: 2 })
  expect(lastAnswers(scene.requests[1])).toEqual(['Created "a" (1 lines).', '1\n'])
  expect(await scene.workspace.listFiles()).toEqual(['a'])
})

test('answers unknown tools, invalid input, failing tools and unreadable input without stopping', async () => {
  const scene = await createScene({
    script: [
      {
        calls: [
          ['shell', { cmd: 'ls' }],
          ['write_file', { path: 'a' }],
          ['read_file', { path: 'missing' }],
        ],
      },
      { calls: [['write_file', null]], invalidInput: 'The input is not valid JSON.' },
      { calls: [['finish', { summary: 3 }]] },
      { calls: [['finish', { summary: 's' }]] },
    ],
  })
  await run(scene)
  const [unknown, invalid, missing] = lastAnswers(scene.requests[1])
  expect(unknown).toMatch(/There is no tool "shell"\. Tools: list_files, .*, finish\./)
  expect(invalid).toContain('The input of write_file is not valid')
  expect(invalid).toContain('content')
  expect(missing).toContain('missing')
  expect(lastAnswers(scene.requests[2])[0]).toContain('could not be read: The input is not valid JSON.')
  expect(lastAnswers(scene.requests[3])[0]).toContain('The input of finish is not valid')
  const message = scene.requests[1]?.messages.at(-1)
  expect(JSON.stringify(message)).toContain('"error-text"')
})

test('input that the library found wrong but a tool can mend is executed', async () => {
  const scene = await createScene({
    script: [
      { calls: [['run_command', { argv: 'echo a && echo b' }]], invalidInput: 'does not fit' },
      { calls: [['finish', { summary: 's' }]] },
    ],
  })
  await run(scene)
  expect(lastAnswers(scene.requests[1])).toEqual(['exit code: 0\n--- stdout ---\na\nb'])
})

test('finish is not accepted after a failed call of the same reply', async () => {
  const scene = await createScene({
    script: [
      {
        calls: [
          ['read_file', { path: 'missing' }],
          ['finish', { summary: 's' }],
        ],
      },
      { calls: [['finish', { summary: 'again' }]] },
    ],
  })
  expect((await run(scene)).report?.summary).toBe('again')
  expect(lastAnswers(scene.requests[1])[1]).toContain('a call before it in the same reply failed')
})

test('warns near the end and fails at the last turn', async () => {
  const scene = await createScene({ files: { a: '1', b: '2', c: '3', d: '4' }, script: ['a', 'b', 'c', 'd'].map(read) })
  await expect(run(scene, { maxTurns: 4, warnTurns: 2 })).rejects.toMatchObject({
    code: 'AGENT_FAILED',
    message: expect.stringContaining('within 4 model calls'),
  })
  expect(scene.requests.map((request) => /(\d) more replies/.exec(lastAnswers(request).join())?.[1])).toEqual([
    undefined,
    undefined,
    '2',
    '1',
  ])
})

test('tells a model that repeats itself, then gives up', async () => {
  const scene = await createScene({ files: { a: '1' }, script: Array.from({ length: 9 }, () => read('a')) })
  await expect(run(scene)).rejects.toMatchObject({
    code: 'AGENT_FAILED',
    message: expect.stringContaining('repeated the same read_file call'),
  })
  expect(scene.requests).toHaveLength(6)
  expect(lastAnswers(scene.requests[2])[0]).not.toContain('same call')
  expect(lastAnswers(scene.requests[3])[0]).toContain('same call 3 times')
})

const save = (content: string) => ({ calls: [['write_file', { path: 'a', content }] as const] })

test('tells a model whose edits undo one another, then gives up', async () => {
  const scene = await createScene({ script: Array.from({ length: 12 }, (_, index) => save(index % 2 ? 'A' : 'B')) })
  await expect(run(scene)).rejects.toMatchObject({
    code: 'AGENT_FAILED',
    message: expect.stringContaining('its edits of a undo one another'),
  })
  expect(scene.requests).toHaveLength(8)
  const told = scene.requests.map((request) => lastAnswers(request)[0]?.includes('undid it in between') === true)
  expect(told.indexOf(true)).toBe(4)
})

test('coming back to the same files to try something else each time is no cycle', async () => {
  const tries = ['B', 'C', 'D', 'E', 'F'].flatMap((content) => [save(content), save('A')])
  const scene = await createScene({ script: [save('A'), ...tries, { calls: [['finish', { summary: 's' }]] }] })
  expect((await run(scene)).turns).toBe(12)
  expect(JSON.stringify(scene.requests.at(-1))).not.toContain('undid it')
})

test('repeating a call after a change is no repetition', async () => {
  const script = Array.from({ length: 8 }, (_, index) => ({
    calls: [['write_file', { path: 'a', content: `${index}` }] as const, ['run_command', { argv: ['true'] }] as const],
  }))
  const scene = await createScene({ script: [...script, { calls: [['finish', { summary: 's' }]] }] })
  expect((await run(scene)).turns).toBe(9)
})

test('a reply that the output limit cut off is continued, a limited number of times', async () => {
  const cut = { text: 'I will', finishReason: 'length' }
  const scene = await createScene({ script: [cut, cut, { calls: [['finish', { summary: 's' }]] }] })
  expect((await run(scene)).turns).toBe(3)
  expect(lastAnswers(scene.requests[1])[0]).toContain('output limit cut your reply off')

  const endless = await createScene({ script: [cut, cut, cut, cut] })
  await expect(run(endless)).rejects.toMatchObject({ message: expect.stringContaining('cut 4 replies in a row off') })
})

test('an unreadable call at the output limit is answered with how to go on', async () => {
  const scene = await createScene({
    script: [
      { calls: [['write_file', null]], invalidInput: 'The input is not valid JSON.', finishReason: 'length' },
      { calls: [['finish', { summary: 's' }]] },
    ],
  })
  await run(scene)
  expect(lastAnswers(scene.requests[1])[0]).toContain('write long files in several steps')
})

test('a content filter is a refusal', async () => {
  const scene = await createScene({ script: [{ text: '', finishReason: 'content-filter' }] })
  await expect(run(scene)).rejects.toMatchObject({ code: 'MODEL_REFUSED' })
})

test('words end the loop; an objection to them is said, and fails when it stays', async () => {
  const scene = await createScene({ script: [{ text: 'a' }, { text: 'b' }] })
  const objections = ['not yet.', null]
  expect(await run(scene, {}, () => objections.shift() ?? null)).toMatchObject({ report: null, text: 'b', turns: 2 })
  expect(lastAnswers(scene.requests[1])[0]).toBe('not yet. Go on with a tool call.')

  const stubborn = await createScene({ script: [{ text: 'a' }, { text: 'b' }, { text: 'c' }] })
  await expect(run(stubborn, {}, () => 'never.')).rejects.toMatchObject({ code: 'AGENT_FAILED' })
})

test('stops between two calls when the run is cancelled', async () => {
  const abort = new AbortController()
  const scene = await createScene({
    signal: abort.signal,
    script: [
      () => {
        abort.abort(new CodexError('CANCELLED', 'cancelled by a person'))
        return { calls: [['write_file', { path: 'a', content: 'x' }]] }
      },
    ],
  })
  await expect(run(scene)).rejects.toMatchObject({ code: 'CANCELLED', message: 'cancelled by a person' })
  expect(await scene.workspace.listFiles()).toEqual([])
})

test('errors that the model can do nothing about end the loop', async () => {
  const scene = await createScene({
    install: async () => {
      throw new CodexError('BUDGET_EXCEEDED', 'no money left')
    },
    script: [{ calls: [['install_dependencies', {}]] }],
  })
  await expect(run(scene)).rejects.toMatchObject({ code: 'BUDGET_EXCEEDED' })
})

test('the same replies make the same requests and the same worktree', async () => {
  const script: Script = [
    {
      calls: [
        ['list_files', {}],
        ['search_files', { query: 'needle' }],
      ],
    },
    { calls: [['write_file', { path: 'src/new.js', content: 'console.log(process.cwd())\n' }]] },
    { calls: [['run_command', { argv: ['sh', '-c', 'pwd; ls; cat src/new.js; ls missing'] }]] },
    { calls: [['edit_file', { path: 'a.txt', search: 'needle', replacement: 'pin' }]] },
    { calls: [['finish', { summary: 's' }]] },
  ]
  const files = { 'a.txt': 'hay\nneedle\nhay\n' }
  const [first, second] = [await createScene({ files, script }), await createScene({ files, script })]
  await run(first)
  await run(second)
  expect(first.workspace.worktree).not.toBe(second.workspace.worktree)
  expect(first.requests).toEqual(second.requests)
  expect(await first.workspace.treeHash()).toBe(await second.workspace.treeHash())

  const replayed = await createScene({ files, script })
  await run(replayed)
  await replayed.workspace.restore(replayed.context.inputTree)
  replayed.requests.length = 0
  await run(replayed)
  expect(replayed.requests).toEqual(first.requests)
})

test('a long conversation is shortened from its old results, the task and the latest messages stay', async () => {
  const big = (index: number) => `${index} ${'x'.repeat(2_000)}`
  const files = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f${index}`, big(index)]))
  const script = Array.from({ length: 12 }, (_, index) => read(`f${index}`))
  const scene = await createScene({ files, script: [...script, { calls: [['finish', { summary: 's' }]] }] })
  await run(scene, { conversation: { maxCharacters: 15_000, keepLast: 4 } })
  const sizes = scene.requests.map((request) => JSON.stringify(request.messages).length)
  expect(Math.max(...sizes)).toBeLessThan(18_000)
  const last = JSON.stringify(scene.requests.at(-1)?.messages)
  expect(last).toContain('left out of this transcript')
  expect(last).toContain(big(11))
  expect(last).toContain('<task>')
})

test('shortening takes long inputs out too and changes nothing below the limit', () => {
  const call = {
    type: 'tool-call' as const,
    toolCallId: '1',
    toolName: 'write_file',
    input: { path: 'a', content: 'x'.repeat(900) },
  }
  const messages: ModelMessage[] = [
    { role: 'user', content: 'task '.repeat(300) },
    { role: 'assistant', content: [{ type: 'text', text: 'said' }, call] },
    {
      role: 'tool',
      content: [
        { type: 'tool-result', toolCallId: '1', toolName: 'write_file', output: { type: 'text', value: 'ok' } },
      ],
    },
    { role: 'user', content: 'go on' },
  ]
  expect(shortenConversation(messages, { maxCharacters: 10_000, keepLast: 1 })).toBe(messages)
  const shortened = shortenConversation(messages, { maxCharacters: 100, keepLast: 1 })
  expect(shortened[0]).toBe(messages[0])
  expect(JSON.stringify(shortened[1])).toContain('900 characters')
  expect(JSON.stringify(shortened[1])).toContain('"path":"a"')
  expect(JSON.stringify(shortened[2])).toContain('"ok"')
})
