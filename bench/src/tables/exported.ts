/**
 * Prints the cost of an exported graph compared with one that Tandem builds: a prompt and one-token
 * steps through the gRPC interface of the service, each model once per round. The table of
 * docs/decisions/exported-graphs.md.
 *
 * usage: npm run exported -w bench -- MODEL_FOLDER... [--context 256] [--rounds 5] [--steps 16]
 *   [--threads 1]
 */
import { availableParallelism, cpus } from 'node:os'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { ServiceClient } from '@tandem/test'
import { median } from '../measure/statistics.js'
import { SessionChain } from './session-chain.js'

const { values, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    context: { type: 'string', default: '256' },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string', default: '16' },
    threads: { type: 'string', default: '1' },
  },
})
if (folders.length === 0) throw new Error('expected paths of model folders; the others are compared with the first')
const [context, rounds, steps] = [values.context, values.rounds, values.steps].map(Number) as [number, number, number]

/** One model and its measured times. */
interface Arm {
  readonly service: ServiceClient
  readonly promptMs: number[]
  readonly stepMs: number[]
}

/** Measures a prompt of `context` tokens and the steps after it, in milliseconds. */
async function measure({ service, promptMs, stepMs }: Arm, sessionId: string): Promise<void> {
  const chain = new SessionChain(service, sessionId)
  promptMs.push(await chain.append(Array.from({ length: context }, (_, i) => 100 + ((7 * i) % 400))))
  stepMs.push(...(await chain.decode(steps)))
  await chain.close()
}

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
  for (const [i, arm] of arms.entries()) {
    const cells = (['promptMs', 'stepMs'] as const).flatMap((key) => {
      const found = median(arm[key])
      return [found.toFixed(1), (found / median(arms[0]?.[key] ?? [])).toFixed(2)]
    })
    console.log(`| ${basename(folders[i] ?? '')} | ${cells.join(' | ')} |`)
  }
  console.log(
    `\n${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${values.threads} of them used; ` +
      `medians of ${rounds} rounds, prompts of ${context} tokens, ${steps} steps after each.`,
  )
} finally {
  await Promise.all(arms.map(({ service }) => service.stop()))
}
