import { readFile, realpath } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import type { Output } from '../progress.js'

/**
 * Warns where an adapter names another base than the source that it is put on. No error: the same weights can have another
 * path or another name, but an adapter on weights that it was not trained on answers nonsense without any other sign.
 */
export async function warnOfOtherBase(source: string, adapter: string, output: Output): Promise<void> {
  const base = await readBase(adapter)
  if (base === null || (await isNamed(source, base))) return
  output.write(
    `Warning: ${basename(resolve(adapter))} was trained on "${base}" (its adapter_config.json), and is put on ${source}. ` +
      'If these are not the same weights, give those that it was trained on.\n',
  )
}

/** What is wrong with an adapter's config is told by who opens it. */
async function readBase(adapter: string): Promise<string | null> {
  try {
    const config: unknown = JSON.parse(await readFile(join(adapter, 'adapter_config.json'), 'utf8'))
    const base = (config as { base_model_name_or_path?: unknown }).base_model_name_or_path
    return typeof base === 'string' && base !== '' ? base : null
  } catch {
    return null
  }
}

/** By its place, or by its last name in the path: a folder, a file "NAME.Q4_1.gguf", the hub's cache "models--ORG--NAME". */
async function isNamed(source: string, base: string): Promise<boolean> {
  const path = await realpath(source).catch(() => resolve(source))
  if (path === (await realpath(base).catch(() => null))) return true
  const name = basename(base).toLowerCase()
  const last = basename(source).toLowerCase()
  if (last === name || (last.endsWith('.gguf') && last.startsWith(name))) return true
  const parts = path.toLowerCase().split(sep)
  return parts.some((part) => part.startsWith('models--') && part.endsWith(`--${name}`))
}
