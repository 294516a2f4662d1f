import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { createFolders } from '../testing/temporary-folder.js'
import { exportName, findExport } from './find-export.js'

const createFolder = createFolders(afterAll)
/** Any file: only names count here. */
const file = fileURLToPath(new URL('../../../../test/fixtures/optimum/llama-bare/config.json', import.meta.url))

describe('findExport', () => {
  async function make(...names: string[]): Promise<string> {
    const folder = await createFolder()
    for (const name of names) {
      await cp(file, join(folder, name), { recursive: true })
    }
    return folder
  }

  it.each([
    [['model_q4.onnx', 'model.onnx', 'model_fp16.onnx'], 'model.onnx'],
    [['model_q4f16.onnx', 'model_quantized.onnx', 'model_q4.onnx'], 'model_q4.onnx'],
    [['onnx/model_quantized.onnx', 'onnx/model_fp16.onnx', 'config.json'], 'onnx/model_fp16.onnx'],
    [['model_q4.onnx', 'onnx/model.onnx'], 'model_q4.onnx'],
  ])('of %s takes %s', async (names, chosen) => {
    const folder = await make(...names)
    expect(await findExport(folder)).toBe(join(folder, chosen))
  })

  it.each([
    [['model.onnx', 'model.safetensors']],
    [['model.onnx', 'model.safetensors.index.json']],
    [['model.onnx', 'tandem.json']],
    [['onnx/model.onnx', 'adapter_model.safetensors']],
    [['other/model.onnx', 'onnx/below/model.onnx', 'config.json']],
    [['decoder_model_merged.onnx', 'config.json']],
    [['model.gguf']],
  ])('finds none in a folder of %s', async (names) => {
    expect(await findExport(await make(...names))).toBeNull()
  })

  it('accepts a .onnx file, and no other file', async () => {
    const folder = await make('other.ONNX', 'model.safetensors', 'x.gguf')
    expect(await findExport(join(folder, 'other.ONNX'))).toBe(join(folder, 'other.ONNX'))
    expect(await findExport(join(folder, 'x.gguf'))).toBeNull()
    expect(await findExport(join(folder, 'nothing'))).toBeNull()
  })
})

it.each([
  ['/m/SmolLM2/model.onnx', 'SmolLM2'],
  ['/m/SmolLM2/onnx/model.onnx', 'SmolLM2'],
  ['/m/SmolLM2/onnx/model_q4.onnx', 'SmolLM2-q4'],
  ['/m/SmolLM2/decoder.onnx', 'SmolLM2-decoder'],
])('the model of %s is called %s', (path, name) => expect(exportName(path)).toBe(name))
