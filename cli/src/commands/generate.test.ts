import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from '@tandem/process'
import { describe, expect, it } from 'vitest'
import { answers, context, folder, pair, pids, useStandIns, words } from '../testing/stand-in-processes.js'
import { generate } from './generate.js'

useStandIns()

describe('generate', () => {
  it('starts its own gateway, prints the answer, and ends it', async () => {
    await generate('hello', { ...pair, apiKeys: ['unused'] }, context())
    expect(answers).toBe('llama-tied+lora: HELLO\n')
    expect(pids().map(isAlive)).toEqual([false, false, false])
  })

  it('uses the settings of up: options before the file before the environment, with additional models', async () => {
    const config = join(folder, 'generate.yaml')
    await writeFile(
      config,
      `
sft: ${pair.sft}
dpo: grpc://10.0.0.2:7002
models: { base: "grpc://10.0.0.2:7003" }
rewards: { picker: "grpc://10.0.0.2:7005" }
name: filed
threads: 3
host: 0.0.0.0
`,
    )
    const environment = { TANDEM_SFT: '10.0.0.9:1', TANDEM_MAX_CONCURRENT: '3', TANDEM_PAIR: 'of-the-environment' }
    await generate('hello', { config, threads: 2, apiKeys: [] }, context(environment))
    expect(answers).toBe('filed: HELLO\n')
    expect(words).toMatch(/^Settings: .*generate\.yaml\n/)
    expect(words).toContain('sft shares 1 threads 2')
    const named = { TANDEM_MODELS: 'base=10.0.0.2:7003', TANDEM_REWARDS: 'picker=10.0.0.2:7005' }
    expect(words).toContain(JSON.stringify({ ...named, TANDEM_END_TOKENS: '[]', TANDEM_MAX_CONCURRENT: '3' }))
    expect(words).toContain('sft:1 10.0.0.2:7002 filed')
  })

  it.each([
    [{ strategy: 'nope' }, 'strategy: unknown strategy "nope"; expected one of: aad, '],
    [{ strategy: 'greedy-dpo', alpha: 0.5 }, 'alpha: unknown parameter of the strategy greedy-dpo'],
  ])('refuses %j before anything starts', async (method, message) => {
    await expect(generate('hello', { ...pair, ...method, apiKeys: [] }, context())).rejects.toThrow(message)
    expect(words).toBe('')
  })

  it('refuses a key that up refuses', async () => {
    const config = join(folder, 'unknown.yaml')
    await writeFile(config, 'sfd: x\n')
    await expect(generate('hello', { config, apiKeys: [] }, context())).rejects.toThrow('did you mean "sft"?')
  })

  it.each([
    [{ sft: 'a', precision: 'int8' }, 'remove --sft, --precision, or --url'],
    [{ config: 'f', device: 'cuda', threads: 1 }, 'remove --config, --device, --threads, or --url'],
    [{ model: [{ name: 'a', source: 'b' }], paired: false }, 'remove --model a, --no-paired, or --url'],
  ] as const)('refuses %j with --url', async (flags, message) => {
    const running = generate('hello', { ...flags, apiKeys: [], url: 'http://127.0.0.1:1' }, context())
    await expect(running).rejects.toThrow(`--url uses a running gateway with its own models: ${message}`)
  })
})
