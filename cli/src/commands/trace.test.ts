import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Context } from '../context.js'
import { findHome } from '../home.js'
import { draftTiming, tokenTiming } from '../testing/timings.js'
import { loadText } from '../trace/load-text.js'
import { trace } from './trace.js'

let folder: string
let server: Server | undefined
let printed: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-trace-'))
  printed = ''
})
afterEach(async () => {
  server?.closeAllConnections()
  server?.close()
  await rm(folder, { recursive: true, force: true })
})

const timings = [tokenTiming({ step_us: 300_000, dpo_tokens: 9 }), tokenTiming(), draftTiming]
const choice = (index: number) => ({ index, text: 'a secret\n\u001b[2J', decoding_timings: timings })
const answer = (count: number) =>
  JSON.stringify({
    model: 'pair',
    choices: Array.from({ length: count }, (_, index) => choice(index)),
    usage: { prompt_tokens: 9 },
    decoding: { strategy: 'aad' },
  })

function context(terminal: object = {}, environment: NodeJS.ProcessEnv = {}): Context {
  const output = { write: () => true }
  return {
    home: findHome({ TANDEM_HOME: '/nowhere' }),
    environment,
    output,
    answers: { write: (text: string) => (printed += text), ...terminal },
    findModule: String,
    isVerbose: false,
    signal: new AbortController().signal,
  }
}

async function save(text: string): Promise<string> {
  const path = join(folder, 'answer.json')
  await writeFile(path, text)
  return path
}

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer.json`
}

describe('trace', () => {
  it('prints the timeline of a saved answer, without its text and without colours', async () => {
    await trace(await save(answer(1)), {}, context())
    expect(printed).toMatch(
      /^pair, aad, 9 prompt tokens\n3 tokens, 1 of them accepted drafts\nprefill: DPO read 9 tokens /,
    )
    expect(printed).toMatch(/^ +2 +draft$/m)
    expect(printed).not.toContain('secret')
    expect(printed).not.toContain('\u001b')
    expect(printed.split('\n').find((line) => /^ +1 /.test(line))).toHaveLength(100)
  })

  it('prints the text with --content, and nothing of it that controls the terminal', async () => {
    await trace(await save(answer(1)), { content: true }, context())
    expect(printed).toContain('\n| a secret\n| ?[2J\n')
  })

  it('prints each of several answers', async () => {
    await trace(await save(answer(2)), {}, context())
    expect(printed).toMatch(/^pair, aad, 9 prompt tokens, answer 0$/m)
    expect(printed).toMatch(/^pair, aad, 9 prompt tokens, answer 1$/m)
  })

  it('uses the width and the colours of a terminal, and respects NO_COLOR', async () => {
    const path = await save(answer(1))
    await trace(path, {}, context({ isTTY: true, columns: 60 }))
    expect(printed).toContain('\u001b[30;44mD')
    printed = ''
    await trace(path, {}, context({ isTTY: true, columns: 60 }, { NO_COLOR: '1' }))
    expect(printed).not.toContain('\u001b')
    expect(printed.split('\n').find((line) => /^ +1 /.test(line))).toHaveLength(60)
  })

  it('loads an answer from an address', async () => {
    await trace(await serve((_, response) => response.end(answer(1))), {}, context())
    expect(printed).toContain('pair, aad')
  })

  it('refuses what cannot be loaded', async () => {
    await expect(trace(join(folder, 'none'), {}, context())).rejects.toThrow('none: the file does not exist')
    await expect(trace(folder, {}, context())).rejects.toThrow('is a folder: expected a file with an answer')
    const missing = await serve((_, response) => response.writeHead(404).end('no'))
    await expect(trace(missing, {}, context())).rejects.toThrow('/answer.json answered 404: expected a saved answer')
    const named = trace('http://me:pass@h/x', {}, context()).catch(String)
    expect(await named).toContain('expected http://HOST:PORT/PATH without a user name or a password')
    expect(await named).not.toContain('pass@')
    expect(printed).toBe('')
  })
})

describe('loadText', () => {
  const none = new AbortController().signal
  const limits = { maxBytes: 10, timeoutMs: 60_000 }

  it('refuses more bytes than the limit, of a file and of an address', async () => {
    await expect(loadText(await save('x'.repeat(11)), none, limits)).rejects.toThrow('is larger than 10 bytes')
    expect(await loadText(await save('x'.repeat(10)), none, limits)).toBe('x'.repeat(10))
    const url = await serve((_, response) => response.end('x'.repeat(11)))
    await expect(loadText(url, none, limits)).rejects.toThrow('is larger than 10 bytes: expected one answer')
  })

  it('stops waiting at the deadline and on abort', async () => {
    const url = await serve((_, response) => void response.write('{'))
    await expect(loadText(url, none, { ...limits, timeoutMs: 50 })).rejects.toThrow('did not answer within 50 ms')
    const controller = new AbortController()
    const loading = loadText(url, controller.signal, limits)
    controller.abort(new Error('interrupted'))
    await expect(loading).rejects.toThrow('interrupted')
  })
})
