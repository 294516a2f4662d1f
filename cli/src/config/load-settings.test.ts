import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folder, load, ofPair, useFolder, write } from '../testing/settings-folder.js'
import { labelOf } from './load-settings.js'

useFolder()

describe('precedence', () => {
  it('uses defaults if nothing is set, and leaves some values to the processes', async () => {
    const { settings, entries } = await load()
    expect(settings).toMatchObject({
      pair: 'smollm2-135m-adherence',
      host: '127.0.0.1',
      port: 8080,
      max_concurrent: 16,
      replicas: 1,
    })
    expect(settings).toMatchObject({ models: {}, api_keys: [], cors_origins: [], end_tokens: [], strict: false })
    expect(entries.get('port')).toEqual({ value: 8080, origin: { kind: 'default', at: 'default' } })
    for (const key of ['threads', 'kv_bytes', 'name', 'precision']) expect(entries.has(key)).toBe(false)
  })

  it('adds the picker of a catalog pair, unless another model has that name', async () => {
    const { entries, settings } = await load()
    expect(settings.rewards.picker?.source).toMatch(/smollm2-135m-adherence-picker$/)
    expect(entries.get('rewards.picker')?.origin.kind).toBe('default')
    const other = await load({ reward: [{ name: 'picker', source: 'mine' }] })
    expect(other.settings.rewards).toEqual({ picker: { source: 'mine' } })
    await write('rewards:\n  b: grpc://h:1\n')
    const behind = await load({ reward: [{ name: 'z', source: 'mine' }] }, { TANDEM_REWARDS: 'a=h:1' })
    expect(Object.keys(behind.settings.rewards)).toEqual(['z', 'b', 'a', 'picker'])
    await write('')
    expect((await load({ sft: 'a', dpo: 'b' })).settings.rewards).toEqual({})
  })

  it('prefers the command line to the file, the file to the environment, and that to the default', async () => {
    await write('host: 127.0.0.3\nport: 3\n\nmax_concurrent: 3\n')
    const environment = {
      TANDEM_HOST: '127.0.0.2',
      TANDEM_PORT: '2',
      TANDEM_MAX_CONCURRENT: '2',
      TANDEM_MAX_BATCH: '2',
    }
    const loaded = await load({ port: 4 }, environment)
    expect(loaded.settings).toMatchObject({
      port: 4,
      host: '127.0.0.3',
      max_concurrent: 3,
      max_batch: 2,
      max_queue: 256,
    })
    const at = (key: string) => loaded.entries.get(key)?.origin
    expect(at('port')).toEqual({ kind: 'flag', at: '--port' })
    expect(at('host')).toEqual({ kind: 'file', at: 'tandem.yaml:1' })
    expect(at('max_concurrent')).toEqual({ kind: 'file', at: 'tandem.yaml:4' })
    expect(at('max_batch')).toEqual({ kind: 'environment', at: 'TANDEM_MAX_BATCH' })
    expect([labelOf(loaded, 'port'), labelOf(loaded, 'host')]).toEqual(['--port', 'tandem.yaml:1: host'])
  })

  it('takes the scale of an adapter with the adapter, or from a stronger origin', async () => {
    await write('dpo: lora\nadapter_scale: 0.4\n')
    expect((await load({ sft: 'a' })).settings.adapter_scale).toBe(0.4)
    expect((await load({ adapterScale: 0.2 })).settings).toMatchObject({ adapter_scale: 0.2 })
    for (const flags of [{ dpo: 'other' }, { pair: 'smollm2-135m-adherence' }])
      expect((await load(flags)).settings.adapter_scale).toBeUndefined()
  })

  it('merges additional models name by name', async () => {
    await write('models:\n  base: grpc://10.0.0.1:1\n  amateur: grpc://10.0.0.1:2\n')
    const environment = { TANDEM_MODELS: 'base=10.0.0.9:1, other=10.0.0.9:3', TANDEM_SFT: '10.0.0.9:4' }
    const loaded = await load({ model: [{ name: 'amateur', source: 'here' }], dpo: 'd' }, environment)
    expect(ofPair(loaded)).toEqual({ sft: 'grpc://10.0.0.9:4', dpo: 'd' })
    expect(loaded.settings.models).toEqual({
      base: { source: 'grpc://10.0.0.1:1' },
      amateur: { source: 'here' },
      other: { source: 'grpc://10.0.0.9:3' },
    })
    expect(['models.amateur', 'models.base', 'models.other'].map((key) => labelOf(loaded, key))).toEqual([
      '--model amateur',
      'tandem.yaml:2: models.base',
      'TANDEM_MODELS',
    ])
  })

  it('a pair replaces two models of a weaker origin, and two models replace a pair', async () => {
    await write('sft: a\ndpo: b\n')
    expect(ofPair(await load({ pair: 'p' }))).toEqual({ pair: 'p' })
    await write('pair: p\n')
    expect(ofPair(await load({ sft: 'a', dpo: 'b' }))).toEqual({ sft: 'a', dpo: 'b' })
    await write('sft: a\ndpo: b\n')
    expect(ofPair(await load({ dpo: 'c' }))).toEqual({ sft: join(folder, 'a'), dpo: 'c' })
  })
})

it('refuses more than 16 additional models, and more than 16 reward models', async () => {
  const named = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i) => ({ name: `${prefix}${i}`, source: 'x' }))
  const { settings } = await load({ model: named('m', 16), reward: named('r', 16) })
  expect([settings.models, settings.rewards].map((models) => Object.keys(models).length)).toEqual([16, 16])
  await expect(load({ model: named('m', 17) })).rejects.toThrow(
    'found 17 additional models (--model): expected at most 16',
  )
  await expect(load({ reward: named('r', 17) })).rejects.toThrow(
    'found 17 reward models (--reward): expected at most 16',
  )
})

it('accepts a hyphen and a digit at the beginning in the name of a reward model only', async () => {
  const one = (name: string) => [{ name, source: 'x' }]
  expect(Object.keys((await load({ reward: one('2nd-picker') })).settings.rewards)).toContain('2nd-picker')
  expect(Object.keys((await load({ reward: one('min') })).settings.rewards)).toContain('min')
  await expect(load({ reward: one('sft') })).rejects.toThrow('is a model of the pair')
  await expect(load({ model: one('2nd-picker') })).rejects.toThrow('must be a lower-case letter')
  await expect(load({ model: one('min') })).rejects.toThrow('is a function in formulas')
})
