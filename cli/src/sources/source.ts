import { readdir, realpath, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'

/** What a path given as --sft or --dpo can be. All paths are absolute. */
export type Source =
  | { readonly kind: 'model-folder'; readonly path: string }
  | { readonly kind: 'checkpoint'; readonly path: string }
  | { readonly kind: 'gguf'; readonly path: string }
  | { readonly kind: 'adapter'; readonly path: string }

const expected =
  'a model folder (tandem.json), a Hugging Face folder (config.json), a .gguf file or a LoRA adapter folder (adapter_config.json)'

/**
 * Says by what stands at a path what it is.
 * @param option how messages name it, e.g. `--sft`
 * @throws Error telling what was found and what was expected
 */
export async function findSource(path: string, option: string): Promise<Source> {
  const absolute = resolve(path)
  const found = await stat(absolute).catch((cause: unknown) => {
    throw new Error(`${option} ${path}: there is no such file or folder; expected ${expected}`, { cause })
  })
  const real = await realpath(absolute)
  if (found.isFile()) {
    if (/\.gguf$/i.test(absolute)) return { kind: 'gguf', path: real }
    throw new Error(`${option} ${path} is a file that does not end in .gguf; expected ${expected}`)
  }
  return { kind: kindOfFolder(await readdir(real), `${option} ${path}`), path: real }
}

function kindOfFolder(names: readonly string[], where: string): Exclude<Source['kind'], 'gguf'> {
  // A model folder has a config.json too.
  if (names.includes('tandem.json')) return 'model-folder'
  const isCheckpoint = names.includes('config.json')
  const isAdapter = names.includes('adapter_config.json')
  if (isCheckpoint && isAdapter)
    throw new Error(
      `${where} holds both config.json and adapter_config.json, so it could be a whole model or an adapter; ` +
        'move the files of one of them to a folder of their own',
    )
  if (isCheckpoint) return 'checkpoint'
  if (isAdapter) return 'adapter'
  const gguf = names.filter((name) => name.endsWith('.gguf'))
  if (gguf.length > 0) throw new Error(`${where} is a folder; name the GGUF file in it: ${join('.', gguf[0] ?? '')}`)
  throw new Error(`${where} has neither tandem.json nor config.json nor adapter_config.json; expected ${expected}`)
}
