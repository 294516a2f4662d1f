import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { buildModel } from '../build.js'
import { withFloatActivations } from './float-activations.js'
import { decodeModel, type OnnxGraph } from './schema.js'

const source = fileURLToPath(new URL('../../../test/fixtures/tiny/qwen3', import.meta.url))

/** Returns the accuracy level of every product of block matrices, including those in branches. */
function levels({ node }: OnnxGraph): number[] {
  return node.flatMap(({ attribute }) =>
    attribute.flatMap((one) => [
      ...(one.name === 'accuracy_level' ? [Number(one.i)] : []),
      ...(one.g ? levels(one.g) : []),
    ]),
  )
}

test('changes the products in both branches to float32, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-levels-'))
  await buildModel({ source, out: join(folder, 'model'), precision: 'int4' })
  const before = await readFile(join(folder, 'model', 'model.onnx'))
  await rm(folder, { recursive: true })
  const levelsOf = (bytes: Uint8Array) => levels(decodeModel(bytes).graph ?? { node: [], output: [] })
  const after = withFloatActivations(before)
  expect(new Set(levelsOf(before))).toEqual(new Set([1, 4]))
  expect(levelsOf(after)).toEqual(levelsOf(before).map(() => 1))
  expect(after.length).toBe(before.length)
})
