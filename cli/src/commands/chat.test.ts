import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ChatMessage } from '@tandem/models'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { streamChat } from '../chat/chat-client.js'
import type { Method } from '../chat/method.js'
import { chatHelp } from '../chat/parse-line.js'
import type { Context } from '../context.js'
import { findHome } from '../home.js'
import { preparePair } from '../sources/prepare-pair.js'
import type { Stack } from '../stack/stack.js'
import { startStack } from '../stack/start-stack.js'
import { type ChatOptions, chat } from './chat.js'

const fixture = (name: string) => fileURLToPath(new URL(`../../../test/fixtures/tiny/${name}`, import.meta.url))
const { resolve } = createRequire(import.meta.url)
let folder: string
let stack: Stack
/** What was written to stdout, and to stderr. */
let answers: string
let words: string
let onAnswer: () => void
let controller: AbortController

beforeEach(() => {
  answers = ''
  words = ''
  onAnswer = () => {}
  controller = new AbortController()
})

const context = (): Context => ({
  home: findHome({ TANDEM_HOME: folder }),
  environment: { PATH: process.env.PATH },
  output: { write: (text) => (words += text) },
  answers: {
    write: (text) => {
      answers += text
      onAnswer()
    },
  },
  findModule: (name) => resolve(name),
  isVerbose: false,
  signal: controller.signal,
})

/** The real gateway over tiny models. */
beforeAll(async () => {
  controller = new AbortController()
  words = ''
  folder = await mkdtemp(join(tmpdir(), 'tandem-chat-'))
  const pair = await preparePair(
    { sft: fixture('llama-tied'), dpo: fixture('llama-tied+lora'), name: 'tiny' },
    context(),
  )
  stack = await startStack(pair, { host: '127.0.0.1', port: 0, apiKeys: [], threads: 1 }, context())
})
afterAll(async () => {
  await stack?.group.stop()
  await rm(folder, { recursive: true, force: true })
})

const maxTokens = 8

/** Feeds lines as a pipe does. */
function pipe(lines: readonly string[], options: Partial<ChatOptions> = {}): Promise<void> {
  const input = new PassThrough()
  input.end(lines.map((line) => `${line}\n`).join(''))
  return chat({ url: stack.url, apiKeys: [], maxTokens, ...options }, context(), { input, output: new PassThrough() })
}

/** A person: `type` sends keys, `shown` is the terminal, `ended` resolves at the end. */
function sit(options: Partial<ChatOptions> = {}) {
  const input = Object.assign(new PassThrough(), { isTTY: true })
  const output = Object.assign(new PassThrough(), { isTTY: true })
  let shown = ''
  output.on('data', (chunk) => {
    shown += String(chunk)
  })
  const ended = chat({ url: stack.url, apiKeys: [], maxTokens, ...options }, context(), { input, output })
  return { type: (keys: string) => input.write(keys), shown: () => shown, ended }
}

async function until(condition: () => boolean) {
  for (let i = 0; i < 4800 && !condition(); i++) await delay(25)
  expect(condition()).toBe(true)
}

const user = (content: string): ChatMessage => ({ role: 'user', content })
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content })

/** The answer to these messages, asked for by themselves. */
async function answerTo(decoding: Method, limit: number, ...messages: ChatMessage[]): Promise<string> {
  let text = ''
  const request = { messages, decoding, max_tokens: limit }
  for await (const piece of streamChat({ url: stack.url }, request, controller.signal)) text += piece
  return text
}

const aad = { strategy: 'aad' }
const sft = { strategy: 'greedy-sft' }

describe('chat, from a pipe', () => {
  it('sends the earlier messages with each line, and forgets them on /reset', async () => {
    const system: ChatMessage = { role: 'system', content: 'Be brief.' }
    const first = await answerTo(aad, maxTokens, system, user('One?'))
    const second = await answerTo(sft, maxTokens, system, user('One?'), assistant(first), user('Two?'))
    expect(await answerTo(sft, maxTokens, system, user('Two?'))).not.toBe(second)
    const afterReset = await answerTo(sft, maxTokens, system, user('Two?'))
    await pipe(['One?', '', '/strategy greedy-sft', 'Two?', '/reset', 'Two?'], { system: 'Be brief.', strategy: 'aad' })
    expect(answers).toBe(`${first}\n${second}\n${afterReset}\n`)
    expect(words).toBe('')
  })

  it('compares two strategies, and continues with the answer of the first', async () => {
    const [one, other] = [
      await answerTo(sft, maxTokens, user('One?')),
      await answerTo({ ...aad, alpha: 0.5 }, maxTokens, user('One?')),
    ]
    const after = await answerTo(sft, maxTokens, user('One?'), assistant(one), user('Two?'))
    await pipe(['/compare greedy-sft aad alpha=0.5', '/strategy', 'One?', '/strategy greedy-sft', 'Two?'])
    const methods = 'greedy-sft and aad alpha=0.5\n'
    expect(answers).toBe(`${methods}[greedy-sft]\n${one}\n[aad alpha=0.5]\n${other}\n${after}\n`)
  })

  it('lists the commands on /help, and ends on /exit', async () => {
    await pipe(['/help', '/exit', 'never asked'])
    expect(answers).toBe(chatHelp)
  })

  it('ends with the first error', async () => {
    await expect(pipe(['/strategy nonsense', 'One?', 'Two?'])).rejects.toThrow(
      'unknown strategy "nonsense"; expected one of: aad, ',
    )
    await expect(pipe(['/strategy aad alpha=x'])).rejects.toThrow('alpha is "x": expected a number')
    expect(answers).toBe('')
    await expect(pipe(['/nonsense', 'One?'])).rejects.toThrow('unknown command /nonsense')
    await expect(pipe([], { strategy: 'aad eft' })).rejects.toThrow('names two')
  })

  it('ends when it is aborted', async () => {
    onAnswer = () => controller.abort(new Error('interrupted'))
    await expect(pipe(['One?', 'Two?'])).rejects.toThrow()
    expect(answers.split('\n')).toHaveLength(2)
  })

  it('starts its own services and gateway, and ends them', async () => {
    const pair = { sft: fixture('llama-tied'), dpo: fixture('llama-tied+lora'), name: 'tiny' }
    await pipe(['One?'], { ...pair, url: undefined })
    expect(answers).toBe(`${await answerTo(aad, maxTokens, user('One?'))}\n`)
  })
})

describe('chat, in a terminal', () => {
  it('continues after an error, and ends on Ctrl-D', async () => {
    const { type, ended } = sit()
    type('/strategy nonsense\r')
    await until(() => words.includes('nonsense'))
    type('/strategy aad\rOne?\r')
    await until(() => answers.endsWith('\n'))
    type('\x04')
    await ended
    expect(words).toContain("Decoding by the server's own strategy. /help lists the commands.\n")
    expect(answers).toBe(`${await answerTo(aad, maxTokens, user('One?'))}\n`)
  })

  it('stops an answer on Ctrl-C, and continues with the partial answer', async () => {
    const limit = 100
    const whole = await answerTo(aad, limit, user('One?'))
    const begin = async () => {
      ;[answers, words] = ['', '']
      const person = sit({ maxTokens: limit })
      onAnswer = () => {
        onAnswer = () => {}
        person.type('\x03')
      }
      person.type('One?\r')
      await until(() => answers.endsWith('\n'))
      return person
    }
    let person = await begin()
    // If this process is stopped for long, the whole answer comes before the key.
    for (let tries = 1; tries < 10 && answers === `${whole}\n`; tries++) {
      person.type('/exit\r')
      await person.ended
      person = await begin()
    }
    const { type, ended } = person
    const stopped = answers.slice(0, -1)
    expect(whole.startsWith(stopped)).toBe(true)
    expect(stopped.length).toBeLessThan(whole.length)
    const after = await answerTo(aad, limit, user('One?'), assistant(stopped), user('Two?'))
    type('Two?\r/exit\r')
    await ended
    expect(answers).toBe(`${stopped}\n${after}\n`)
    expect(words).not.toContain('again')
  })

  it('ends on two presses of Ctrl-C, and discards the typed text', async () => {
    const { type, shown, ended } = sit()
    type('half a line\x03')
    await until(() => words.includes('Press Ctrl-C again to end the chat.'))
    const before = shown().length
    type('\r')
    // The next prompt.
    await until(() => shown().slice(before).includes('> '))
    type('\x03\x03')
    await ended
    expect(answers).toBe('')
  })

  it('ends on two presses of Ctrl-C during an answer', async () => {
    const { type, ended } = sit({ maxTokens: 100 })
    onAnswer = () => {
      onAnswer = () => {}
      type('\x03\x03')
    }
    type('One?\r')
    await ended
    expect(answers.split('\n')).toHaveLength(2)
  })
})
