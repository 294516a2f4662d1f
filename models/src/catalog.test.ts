import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { catalog, defaultPairName, findPair } from './catalog.js'

describe('catalog', () => {
  it('finds the default pair, and lists all pairs for an unknown name', () => {
    expect(findPair(defaultPairName).name).toBe('smollm2-135m-adherence')
    expect(() => findPair('nope')).toThrow(
      'there is no pair "nope" in the catalog; it has "smollm2-135m-adherence". For your own models give --sft and --dpo',
    )
  })

  it('names the replacement of a pair that was removed', () => {
    expect(() => findPair('smollm2-135m-hh')).toThrow(
      'the pair "smollm2-135m-hh" is no longer in the catalog: use "smollm2-135m-adherence", which replaced it',
    )
  })

  it.each(catalog)('$name: the adapters exist, and their cards only link to files of this repository', (pair) => {
    for (const [folder, task] of [
      [pair.adapter, 'CAUSAL_LM'],
      [pair.picker, 'SEQ_CLS'],
    ] as const) {
      const config: unknown = JSON.parse(readFileSync(join(folder, 'adapter_config.json'), 'utf8'))
      expect(config).toMatchObject({ peft_type: 'LORA', task_type: task })
      const card = readFileSync(join(folder, 'README.md'), 'utf8')
      expect(card).toContain(pair.sft.requirement)
      expect(card).not.toContain('../')
    }
  })

  it.each(catalog)('$name: the hashes have the right form', ({ sft }) => {
    expect(sft.wheel.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(sft.sha256).toMatch(/^[0-9a-f]{64}$/)
  })
})
