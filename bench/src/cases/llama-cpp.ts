import type { ServiceClient } from '@tandem/cli'
import type { Bench, Case } from '../case.js'
import { pinnedTo, pinSelf, twoCores } from '../cores.js'
import { syntheticIds, timeSteps } from '../engine-steps.js'
import { LlamaEngine } from '../llama/llama-engine.js'
import { estimate, median } from '../measure/statistics.js'
import { withService } from '../stack/run-service.js'

const context = 64
const promptLength = 512
const warmLength = 128

/**
 * P5. Compares the engine with llama.cpp on the same GGUF file, the SFT model, with one thread each
 * on the same core, alternately. Decode: one-token steps after 64 tokens. Prefill: a prompt of 512
 * tokens. The time of Tandem is the service's `compute_us`: from token ids to logits, with keys and
 * values stored. The time of llama.cpp is that of the call of node-llama-cpp, which also chooses
 * the token and uses int8 activations. The notes give the time that a client of Tandem sees over
 * gRPC when it reads the best id.
 */
export const llamaCpp: Case = {
  name: 'P5',
  measures: [
    {
      key: 'P5-decode',
      what: "decode tok/s / llama.cpp's, context 64",
      unit: 'ratio',
      target: { atLeast: 1.3 },
      fastTarget: { atLeast: 1.5 },
    },
    {
      key: 'P5-prefill',
      what: "prefill tok/s / llama.cpp's, 512 tokens",
      unit: 'ratio',
      target: { atLeast: 1.3 },
      fastTarget: { atLeast: 2 },
    },
  ],
  forms: ['default', 'fast'],
  run: async (bench) => {
    const [first, second] = twoCores(bench.cores)
    await pinSelf([second])
    return LlamaEngine.with(bench, pinnedTo(first), (llama) =>
      withService(bench, { role: 'sft', launcher: pinnedTo(first) }, async ({ client }) => ({
        'P5-decode': await compareDecode(bench, client, llama),
        'P5-prefill': await comparePrefill(bench, client, llama),
      })),
    )
  },
}

async function compareDecode({ settings }: Bench, client: ServiceClient, llama: LlamaEngine) {
  const session = client.openSession()
  await session.append(syntheticIds(context))
  await llama.run({ type: 'context-open', name: 'decode', tokenIds: syntheticIds(context) })
  const ms = { ours: [] as number[], wall: [] as number[], llama: [] as number[] }
  for (let round = -1; round < settings.engineRounds; round++) {
    const tokenIds = syntheticIds(settings.engineSteps, round + 2)
    const ours = await timeSteps(session, context, tokenIds)
    const theirs = await llama.run({ type: 'steps-run', name: 'decode', tokenIds })
    if (round < 0) continue
    ms.ours.push(median(ours.map(({ computeMs }) => computeMs)))
    ms.wall.push(median(ours.map(({ wallMs }) => wallMs)))
    ms.llama.push(median(theirs))
  }
  await session.close()
  return compared(ms, 1)
}

async function comparePrefill({ settings }: Bench, client: ServiceClient, llama: LlamaEngine) {
  const ms = { ours: [] as number[], wall: [] as number[], llama: [] as number[] }
  const rounds = Math.ceil(settings.engineRounds / 2)
  for (let round = -1; round < rounds; round++) {
    // The first warms both engines, is shorter, and is not counted.
    const tokenIds = syntheticIds(round < 0 ? warmLength : promptLength, round + 2)
    const session = client.openSession()
    const ours = await session.append(tokenIds)
    await session.close()
    const [theirs = Number.NaN] = await llama.run({ type: 'prompt-run', tokenIds })
    if (round < 0) continue
    ms.ours.push(ours.computeMs)
    ms.wall.push(ours.wallMs)
    ms.llama.push(theirs)
  }
  return compared(ms, promptLength)
}

interface Times {
  readonly ours: readonly number[]
  readonly wall: readonly number[]
  readonly llama: readonly number[]
}

function compared({ ours, wall, llama }: Times, tokens: number) {
  const ratiosTo = (times: readonly number[]) => times.map((ms, i) => (llama[i] ?? Number.NaN) / ms)
  const perToken = (times: readonly number[]) => (median(times) / tokens).toFixed(2)
  return {
    estimate: estimate(ratiosTo(ours)),
    notes: [
      `ours ${perToken(ours)}, llama.cpp ${perToken(llama)} ms per token`,
      `over gRPC ${median(ratiosTo(wall)).toFixed(2)}`,
    ],
  }
}
