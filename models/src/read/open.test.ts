import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openModelSource } from './open.js'
import { encodeSafetensors, floats } from './testing/safetensors-file.js'
import { createFolders } from './testing/temporary-folder.js'

const createFolder = createFolders(afterAll)

async function folderWith(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await createFolder()
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  return folder
}
const weights = encodeSafetensors({ 'a.weight': floats([1]) })

it('opens a folder of transformers with its text files', async () => {
  const folder = await folderWith({
    'config.json': '{"model_type":"llama"}',
    'generation_config.json': '{"eos_token_id":[1,2]}',
    'tokenizer.json': '{}',
    'chat_template.json': '{"chat_template":"{{ messages }}"}',
    'model.safetensors': weights,
    'training_args.bin': 'pickle',
  })
  const source = await openModelSource(folder)
  await source.weights.close()
  expect(source.config).toEqual({ model_type: 'llama' })
  expect(source.generationConfig).toEqual({ eos_token_id: [1, 2] })
  expect(Buffer.from(source.textFiles.get('chat_template.jinja') ?? '').toString()).toBe('{{ messages }}')
  expect(source.files).toEqual(
    ['config.json', 'generation_config.json', 'tokenizer.json', 'chat_template.json', 'model.safetensors'].map((name) =>
      join(folder, name),
    ),
  )
})

it('reports what it found if there is no checkpoint', async () => {
  const absent = join(await createFolder(), 'nothing')
  await expect(openModelSource(absent)).rejects.toThrow(`there is nothing at ${absent}`)
  await expect(openModelSource(await folderWith({}))).rejects.toThrow('it has no config.json')
  await expect(openModelSource(await folderWith({ 'adapter_config.json': '{}' }))).rejects.toThrow(
    'is a PEFT adapter: give its base model as the source',
  )
  await expect(openModelSource(await folderWith({ 'config.json': '{}', 'pytorch_model.bin': '' }))).rejects.toThrow(
    'has no model.safetensors and no model.safetensors.index.json (found: pytorch_model.bin). Save the model with transformers',
  )
  await expect(openModelSource(await folderWith({ 'config.json': '{}', 'tokenizer.model': '' }))).rejects.toThrow(
    'has tokenizer.model and no tokenizer.json: save one next to the weights with transformers',
  )
  const foreign = await folderWith({ 'config.json': '{"model_type":"mamba"}', 'tokenizer.model': '' })
  await expect(openModelSource(foreign)).rejects.toThrow(
    new RegExp(
      `^${join(foreign, 'config.json')} has model_type "mamba": expected one of llama, .*export this one with optimum`,
    ),
  )
  const empty = join(await folderWith({ 'model.gguf': '' }), 'model.gguf')
  await expect(openModelSource(empty)).rejects.toThrow(
    `${empty} has 0 bytes: expected a GGUF file, which is longer; is the download`,
  )
  const damaged = await folderWith({ 'config.json': '[1]', 'model.safetensors': weights })
  await expect(openModelSource(damaged)).rejects.toThrow(`${join(damaged, 'config.json')} is [1]: expected an object`)
  const other = join(await folderWith({ 'notes.txt': 'a thesis' }), 'notes.txt')
  await expect(openModelSource(other)).rejects.toThrow(`${other} is neither a GGUF file nor a folder`)
})

it('stops on abort', async () => {
  const folder = await folderWith({ 'config.json': '{}', 'model.safetensors': weights })
  await mkdir(join(folder, 'runs'))
  await expect(openModelSource(folder, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
})
