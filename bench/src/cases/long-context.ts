import type { ServiceSession } from '@tandem/cli'
import type { Case } from '../case.js'
import { pinnedTo, pinProcess, pinSelf, twoCores } from '../cores.js'
import { syntheticIds, timeSteps } from '../engine-steps.js'
import { LlamaEngine } from '../llama/llama-engine.js'
import { estimate, median } from '../measure/statistics.js'
import { withService } from '../stack/run-service.js'

const [near, far] = [64, 2048]

/**
 * P7. Measures how much slower a step becomes with context, compared with llama.cpp: (step of
 * Tandem at 2,048 tokens / at 64) / (the same ratio of llama.cpp). Engines and times are those of
 * P5. Both contexts of both engines stay open, and each round runs one step of all four.
 */
export const longContext: Case = {
  name: 'P7',
  measures: [
    {
      key: 'P7',
      what: "step at context 2,048 / at 64, over llama.cpp's same ratio",
      unit: 'ratio',
      target: { atMost: 1 },
    },
  ],
  forms: ['default', 'fast'],
  run: async (bench) => {
    const [first, second] = twoCores(bench.cores)
    await pinSelf([second])
    return LlamaEngine.with(bench, pinnedTo(first), (llama) =>
      withService(bench, { role: 'sft', launcher: pinnedTo(first) }, async ({ client }) => {
        const { engineRounds, engineSteps } = bench.settings
        const sessions = new Map([near, far].map((length) => [length, client.openSession()]))
        // Before the measurement each engine reads its prompts on its own core.
        await pinProcess(llama.pid, [second])
        await Promise.all([fillOurs(sessions), fillTheirs(llama)])
        await pinProcess(llama.pid, [first])
        const growth = { ours: [] as number[], llama: [] as number[] }
        for (let round = -1; round < engineRounds; round++) {
          const tokenIds = syntheticIds(engineSteps, round + 2)
          const ours: number[] = []
          const theirs: number[] = []
          for (const [length, session] of sessions) {
            ours.push(median((await timeSteps(session, length, tokenIds)).map(({ computeMs }) => computeMs)))
            theirs.push(median(await llama.run({ type: 'steps-run', name: String(length), tokenIds })))
          }
          if (round < 0) continue
          growth.ours.push((ours[1] ?? Number.NaN) / (ours[0] ?? Number.NaN))
          growth.llama.push((theirs[1] ?? Number.NaN) / (theirs[0] ?? Number.NaN))
        }
        const notes = [`ours ${median(growth.ours).toFixed(2)}, llama.cpp ${median(growth.llama).toFixed(2)}`]
        return { P7: { estimate: estimate(growth.ours.map((x, i) => x / (growth.llama[i] ?? Number.NaN))), notes } }
      }),
    )
  },
}

async function fillOurs(sessions: ReadonlyMap<number, ServiceSession>): Promise<void> {
  for (const [length, session] of sessions) await session.append(syntheticIds(length))
}

async function fillTheirs(llama: LlamaEngine): Promise<void> {
  for (const length of [near, far])
    await llama.run({ type: 'context-open', name: String(length), tokenIds: syntheticIds(length) })
}
