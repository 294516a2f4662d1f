import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel } from '@tandem/models'
import { fixturesFolder, tinyFolder } from './fixtures.js'
import { type Stack, type StackOptions, startStack } from './stack.js'

/** The settings of a tiny stack. */
export interface TinyStackOptions extends Partial<Pick<StackOptions, 'pair' | 'env' | 'listen'>> {
  /** Name of a tiny reward model to serve. Default: none. */
  readonly reward?: string
}

/**
 * Starts a stack with a pair of a few thousand weights, whose answers have no meaning. `stop` also
 * removes its models.
 */
export async function startTinyStack({ reward, ...options }: TinyStackOptions = {}): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-tiny-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const source = tinyFolder('llama-tied')
    const [sft, dpo] = [join(folder, 'sft'), join(folder, 'dpo')]
    await buildModel({ source, out: sft, precision: 'fp32' })
    await buildModel({ source, adapter: tinyFolder('llama-tied+lora'), out: dpo, precision: 'fp32' })
    const rewards: Record<string, string> = {}
    if (reward !== undefined) {
      rewards[reward] = join(folder, reward)
      const base = join(fixturesFolder, 'tiny-reward/base')
      await buildModel({ source: base, out: join(folder, reward), precision: 'fp32' })
    }
    const stack = await startStack({ pair: 'tiny', rewards, ...options, sft, dpo })
    const stop = async () => {
      await stack.stop()
      await remove()
    }
    return { ...stack, stop }
  } catch (error) {
    await remove()
    throw error
  }
}
