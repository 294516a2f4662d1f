import { readdir, realpath, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { findExport } from '@tandem/models'
import { isRepo } from '../source-text/hub-name.js'
import { isAddress, isService, parseAddresses, serviceScheme } from '../source-text/service-address.js'
import { assertNoWebAddress } from '../source-text/web-address.js'

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
  const isAdapter = names.includes('adapter_config.json')
  if (isCheckpoint && isAdapter)
    throw new Error(
      `${where} has both config.json and adapter_config.json, so it could be a full model or an adapter: ` +
        'move the files of one of them into another folder',
    )
  if (isCheckpoint) return 'checkpoint'
  if (isAdapter) return 'adapter'
  const gguf = names.filter((name) => name.endsWith('.gguf'))
  if (gguf.length > 0) throw new Error(`${where} is a folder; name the GGUF file in it: ${join('.', gguf[0] ?? '')}`)
  throw new Error(`${where} has neither tandem.json nor config.json nor adapter_config.json; expected ${expected}`)
}
