/**
 * What an exported graph costs beside one of ours: a prompt and one-token steps through the service's own door, model after model in turn.
 * Prints the table of docs/decisions/exported-graphs.md.
 *
 * usage: npm run exported -w test -- MODEL_FOLDER... [--context 256] [--rounds 5] [--steps 16] [--threads 1]
 */
import { availableParallelism, cpus } from 'node:os'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { emptyPrefixHash, extendPrefixHash } from '@tandem/proto'
import { ServiceClient } from './support/service-client.js'

const { values, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    context: { type: 'string', default: '256' },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '16' },
    threads: { type: 'string', default: '1' },
  },
})
if (folders.length === 0) throw new Error('name model folders; the first is what others are compared with')
const [context, rounds, steps] = [values.context, values.rounds, values.steps].map(Number) as [number, number, number]

/** One model, and what it took. */
interface Arm {
  readonly service: ServiceClient
  readonly promptMs: number[]
  readonly stepMs: number[]
}

/** Milliseconds of a prompt of `context` tokens, and of a step after it. */
async function measure({ service, promptMs, stepMs }: Arm, sessionId: string): Promise<void> {
  let position = 0
  let prefixHash = emptyPrefixHash
  const append = async (tokenIds: number[]): Promise<number> => {
    const startedMs = performance.now()
    const readouts = [{ candidates: { alpha: 0.1 } }]
    const { results, error } = await service.step({
      steps: [{ sessionId, position, prefixHash: prefixHash.toString(), tokenIds, rows: 'ROWS_LAST', readouts }],
    })
    const failure = error ?? results[0]?.error
    if (failure) throw new Error(`${failure.code}: ${failure.message}`)
    position += tokenIds.length
    prefixHash = extendPrefixHash(prefixHash, tokenIds)
    return performance.now() - startedMs
  }
  promptMs.push(await append(Array.from({ length: context }, (_, i) => 100 + ((7 * i) % 400))))
  for (let i = 0; i < steps; i++) stepMs.push(await append([200 + i]))
  await service.step({ closeSessionIds: [sessionId] })
}

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN

const arms: Arm[] = []
try {
  for (const folder of folders)
    arms.push({
      service: await ServiceClient.start(folder, { TANDEM_THREADS: values.threads }),
      promptMs: [],
      stepMs: [],
    })
  for (const arm of arms) await measure(arm, 'warm-up')
  for (const arm of arms) for (const list of [arm.promptMs, arm.stepMs]) list.length = 0
  for (let round = 0; round < rounds; round++) for (const arm of arms) await measure(arm, `round-${round}`)

  console.log('| model | prompt, ms | to the first | step, ms | to the first |')
  console.log('|---|---|---|---|---|')
  for (const [i, { promptMs, stepMs }] of arms.entries()) {
    const cells = (
      [
        ['promptMs', promptMs],
        ['stepMs', stepMs],
      ] as const
    ).flatMap(([key, numbers]) => {
      const found = median(numbers)
      return [found.toFixed(1), (found / median(arms[0]?.[key] ?? [])).toFixed(2)]
    })
    console.log(`| ${basename(folders[i] ?? '')} | ${cells.join(' | ')} |`)
  }
  console.log(
    `\n${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${values.threads} of them used; ` +
      `medians of ${rounds} rounds in turn, prompts of ${context} tokens, ${steps} steps after each.`,
  )
} finally {
  await Promise.all(arms.map(({ service }) => service.stop()))
}
