import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { warnOfOtherBase } from './adapter-base.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-base-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function warning(source: string, config: string): Promise<string> {
  const adapter = join(folder, 'my-dpo')
  await mkdir(adapter, { recursive: true })
  await writeFile(join(adapter, 'adapter_config.json'), config)
  let words = ''
  const write = (text: string) => {
    words += text
  }
  await warnOfOtherBase(source, adapter, { write })
  return words
}
const trainedOn = (base: string) => JSON.stringify({ base_model_name_or_path: base })

it.each(['models/SmolLM2', 'models/smollm2.Q4_1.gguf', 'hub/models--org--SmolLM2/snapshots/abc'])(
  'accepts %s as the base that the adapter names',
  async (path) => {
    expect(await warning(join(folder, path), trainedOn('org/SmolLM2'))).toBe('')
    expect(await warning(join(folder, path), trainedOn('/elsewhere/SmolLM2/'))).toBe('')
  },
)

it('recognizes the base by its path', async () => {
  await mkdir(join(folder, 'sft', 'checkpoint-9'), { recursive: true })
  expect(await warning(join(folder, 'sft'), trainedOn(join(folder, 'sft', 'checkpoint-9', '..')))).toBe('')
})

it('warns of another base', async () => {
  expect(await warning('/models/my-sft', trainedOn('org/SmolLM2'))).toBe(
    'Warning: my-dpo was trained on "org/SmolLM2" (its adapter_config.json), and is applied to /models/my-sft. ' +
      'If these are not the same weights, give the ones that it was trained on.\n',
  )
})

it('does not warn if the adapter names no base', async () => {
  for (const config of ['{}', trainedOn(''), '[', 'null']) expect(await warning('/models/my-sft', config)).toBe('')
})
