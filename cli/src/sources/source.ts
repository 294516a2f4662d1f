import { readdir, realpath, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { adapterConfigName, findExport } from '@tandem/models'
import { isRepo } from '../source-text/hub-name.js'
import { isAddress, isService, parseAddresses, serviceScheme } from '../source-text/service-address.js'
import { assertNoWebAddress } from '../source-text/web-address.js'

const modelWeights = /^(model|pytorch_model).*\.(safetensors|safetensors\.index\.json|bin)$/
const adapterWeights = /^adapter_model\.(safetensors|bin)$/

/** What a source is. All paths are absolute. */
export type Source =
  | { readonly kind: 'service'; readonly addresses: readonly string[] }
  | { readonly kind: 'model-folder'; readonly path: string }
  | { readonly kind: 'checkpoint'; readonly path: string }
  | { readonly kind: 'gguf'; readonly path: string }
  /** The .onnx file, also if its folder was given. */
  | { readonly kind: 'export'; readonly path: string }
  | { readonly kind: 'adapter'; readonly path: string }

const expected =
  'grpc://HOST:PORT of a running service, a model folder (tandem.json), a Hugging Face folder (config.json), ' +
  'a .gguf file, an exported .onnx file or its folder, ' +
  'a LoRA adapter folder (adapter_config.json) or hf:ORG/REPO of the Hugging Face hub'

/**
 * Finds the folder of an adapter, also if it holds a full model too.
 * @param option the name of the source in messages, e.g. `--adapter`
 * @param text the source in messages, e.g. `hf:org/lora`
 * @throws Error as `findSource`, or if it has no adapter_config.json
 */
export async function findAdapter(path: string, option: string, text: string): Promise<string> {
  const real = await realpath(resolve(path)).catch(() => null)
  const names = real === null ? [] : await readdir(real).catch((): string[] => [])
  if (real !== null && names.includes(adapterConfigName)) return real
  if (real === null) await findSource(path, option)
  throw new Error(`${option} ${text} is not a LoRA adapter folder: it has no adapter_config.json`)
}

/**
 * Finds what a source is: a service by its scheme, a path by its files.
 * @param option the name of the source in messages, e.g. `--sft`
 * @throws Error saying what was found and what was expected
 */
export async function findSource(path: string, option: string): Promise<Source> {
  if (isService(path)) return { kind: 'service', addresses: parseAddresses(path, option) }
  assertNoWebAddress(path, `${option} ${path}`)
  const absolute = resolve(path)
  const found = await stat(absolute).catch((cause: unknown) => {
    const hint = path.split(',').every(isAddress)
      ? `. For the service at that address, write ${serviceScheme}${path}`
      : isRepo(path)
        ? `. For the repository of that name on the hub, write hf:${path}`
        : ''
    throw new Error(`${option} ${path}: the file or folder does not exist; expected ${expected}${hint}`, { cause })
  })
  const graph = await findExport(absolute)
  if (graph !== null) return { kind: 'export', path: graph }
  const real = await realpath(absolute)
  if (found.isFile()) {
    if (/\.gguf$/i.test(absolute)) return { kind: 'gguf', path: real }
    throw new Error(`${option} ${path} is a file that does not end in .gguf or .onnx; expected ${expected}`)
  }
  return { kind: kindOfFolder(await readdir(real), `${option} ${path}`), path: real }
}

function kindOfFolder(names: readonly string[], where: string): Exclude<Source['kind'], 'gguf' | 'export' | 'service'> {
  // A model folder has a config.json too.
  if (names.includes('tandem.json')) return 'model-folder'
  const isCheckpoint = names.includes('config.json')
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name))
  // As for peft, a config.json next to an adapter changes nothing. A full model next to it does.
  const isAdapter = names.includes(adapterConfigName) && !(isCheckpoint && has(modelWeights) && !has(adapterWeights))
  if (isAdapter && isCheckpoint && has(modelWeights))
    throw new Error(
      `${where} has the weights of a full model (config.json) and of an adapter (adapter_config.json): ` +
        'move the files of one of them into another folder',
    )
  if (isAdapter) return 'adapter'
  if (isCheckpoint) return 'checkpoint'
  const gguf = names.filter((name) => name.endsWith('.gguf'))
  if (gguf.length > 0) throw new Error(`${where} is a folder; name the GGUF file in it: ${join('.', gguf[0] ?? '')}`)
  throw new Error(`${where} has neither tandem.json nor config.json nor adapter_config.json; expected ${expected}`)
}
