import { fileURLToPath } from 'node:url'
import { ManagedProcess } from '@tandem/cli'
import { loadManifest } from '@tandem/models'
import type { Bench, Case } from '../case.js'
import { syntheticIds } from '../engine-steps.js'
import { residentBytes } from '../measure/resident-bytes.js'
import { estimate, median } from '../measure/statistics.js'
import { openService } from '../stack/run-service.js'

const emptyPath = fileURLToPath(new URL('../empty-main.js', import.meta.url))
const tokens = 1024

/**
 * P8. Resident memory of a logit service with one session of 1,024 tokens, minus that of a Node
 * process that only loaded onnxruntime, divided by the necessary bytes: graph, weights, and the
 * keys and values of these tokens. The service is the DPO service, with its adapter separate from
 * the weights.
 */
export const memory: Case = {
  name: 'P8',
  measures: [
    {
      key: 'P8',
      what: 'RSS of a service minus idle Node with onnxruntime / weights + KV',
      unit: 'ratio',
      target: { atMost: 2 },
    },
  ],
  forms: ['default', 'fast'],
  run: async (bench) => {
    const found = { ratios: [] as number[], service: [] as number[], empty: [] as number[], needed: [] as number[] }
    for (let start = 0; start < bench.settings.starts; start++) {
      const empty = await emptyBytes(bench)
      const { service, needed } = await serviceBytes(bench)
      found.ratios.push((service - empty) / needed)
      found.service.push(service)
      found.empty.push(empty)
      found.needed.push(needed)
    }
    const megabytes = (bytes: readonly number[]) => (median(bytes) / 1e6).toFixed(0)
    const notes = [
      `service ${megabytes(found.service)}, empty ${megabytes(found.empty)}, weights + KV ${megabytes(found.needed)} MB`,
    ]
    return { P8: { estimate: estimate(found.ratios), notes } }
  },
}

async function serviceBytes(bench: Bench): Promise<{ service: number; needed: number }> {
  const opened = await openService(bench, { role: 'dpo' })
  try {
    const { client, pid } = opened.value
    const { files } = await loadManifest(bench.pair.dpo)
    const weights = Object.entries(files).filter(([name]) => name.startsWith('model.onnx'))
    const { kvBytesPerToken } = await client.getModel()
    await client.openSession().append(syntheticIds(tokens))
    const service = await residentBytes(pid)
    const weightBytes = weights.reduce((sum, [, { bytes }]) => sum + bytes, 0)
    return { service, needed: weightBytes + tokens * kvBytesPerToken }
  } finally {
    await opened.close()
  }
}

async function emptyBytes({ context }: Bench): Promise<number> {
  const spec = { name: 'empty process', modulePath: emptyPath, environment: context.environment }
  const empty = await ManagedProcess.start(spec, () => undefined, context.signal)
  try {
    await empty.ready(context.signal)
    return await residentBytes(empty.pid ?? -1)
  } finally {
    await empty.stop()
  }
}
