/**
 * Prints how far the logits of a device are from those of the CPU: both engines run the same tokens
 * one by one, and the line gives the largest difference and the largest logit. The numbers of
 * docs/decisions/devices.md. If Chromium is installed, the program uses its software GPU.
 *
 * usage: npm run devices -w bench -- MODEL_FOLDER [--device webgpu] [--tokens 3]
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
if (folder === undefined) throw new Error('expected the path of a model folder as the first argument')
const tokens = Number(values.tokens)

/** Runs tokens one by one and returns the logits after each of them. */
async function readLogits(device: string): Promise<Float32Array[]> {
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

const expected = await readLogits('cpu')
const found = await readLogits(values.device)
const largest = (numbers: Iterable<number>) => [...numbers].reduce((high, value) => Math.max(high, Math.abs(value)), 0)
const difference = largest(
  found.map((row, i) => largest(row.map((value, j) => value - (expected[i]?.[j] ?? Number.NaN)))),
)
console.log(
  `${values.device} against cpu, ${folder}: the largest difference of a logit over ${tokens} steps is ` +
    `${difference.toPrecision(2)}, the largest logit is ${largest(expected.map(largest)).toPrecision(3)}`,
)
