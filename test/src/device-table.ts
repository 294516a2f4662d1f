/**
 * How far a device's logits are from the CPU's: both engines run the same tokens one by one, and the largest difference is told
 * beside the largest logit. The numbers of docs/decisions/devices.md. Where Chromium is installed, its GPU made of software is taken.
 *
 * usage: npm run devices -w test -- MODEL_FOLDER [--device webgpu] [--tokens 3]
 */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { disableTelemetry } from '@tandem/services'
import { computeDevicesSchema, loadEngine } from '@tandem/services/engine'

disableTelemetry()
const softwareGpu = '/usr/lib/chromium/vk_swiftshader_icd.json'
if (existsSync(softwareGpu)) process.env.VK_ICD_FILENAMES ??= softwareGpu

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { device: { type: 'string', default: 'webgpu' }, tokens: { type: 'string', default: '3' } },
})
const [folder] = positionals
if (folder === undefined) throw new Error('name a model folder')
const tokens = Number(values.tokens)

/** Logits of each token after those before it. */
async function logitsOf(device: string): Promise<Float32Array[]> {
  const engine = await loadEngine({ folder: folder as string, threads: 1, devices: computeDevicesSchema.parse(device) })
  try {
    const cache = engine.createCache()
    cache.reserve(tokens)
    const rows = []
    for (let position = 0; position < tokens; position++)
      rows.push(...(await engine.run({ cache, position, tokenIds: Uint32Array.of(5 + 7 * position), rowIndices: [0] })))
    cache.close()
    return rows.map(({ logits }) => logits)
  } finally {
    await engine.close()
  }
}

const expected = await logitsOf('cpu')
const found = await logitsOf(values.device)
const most = (numbers: Iterable<number>) => [...numbers].reduce((high, value) => Math.max(high, Math.abs(value)), 0)
const difference = most(found.map((row, i) => most(row.map((value, j) => value - (expected[i]?.[j] ?? Number.NaN)))))
console.log(
  `${values.device} against cpu, ${folder}: the largest difference of a logit over ${tokens} steps is ${difference.toPrecision(2)} of ${most(expected.map(most)).toPrecision(3)}`,
)
