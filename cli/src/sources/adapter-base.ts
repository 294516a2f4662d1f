import { readFile, realpath, stat } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import { z } from 'zod'
import type { Output } from '../progress.js'
import { formatHubName, isRepo } from '../source-text/hub-name.js'

/**
 * Warns where an adapter names another base than the source that it is put on. No error: the same weights can have another
 * path or another name, but an adapter on weights that it was not trained on answers nonsense without any other sign.
 */
export async function warnOfOtherBase(source: string, adapter: string, output: Output): Promise<void> {
  const { base } = await readBase(adapter)
  if (base === null || (await isNamed(source, base))) return
  output.write(
    `Warning: ${basename(resolve(adapter))} was trained on "${base}" (its adapter_config.json), and is put on ${source}. ` +
      'If these are not the same weights, give those that it was trained on.\n',
  )
}

/**
 * The source that an adapter's config names as its base: a path, or a model of the hub.
 * @param where how messages name the adapter, e.g. `--dpo hf:org/lora`
 * @param isFromHub paths of another machine mean nothing here
 * @throws Error telling what the config names where it is neither
 */
export async function findNamedBase(adapter: string, where: string, isFromHub: boolean): Promise<string> {
  const { base, revision } = await readBase(adapter)
  if (base !== null && !isFromHub && (await stat(base).catch(() => null)) !== null) return base
  if (base !== null && isRepo(base)) return formatHubName({ repo: base, path: '', revision })
  const named = base === null ? 'names no base' : `names as its base "${base}"`
  throw new Error(
    `--sft is missing, and the adapter_config.json of ${where} ${named}${base === null ? '' : ', which is neither a path here nor a name on the hub'}. ` +
      'Give the model that the adapter was trained on as --sft',
  )
}

/** What is wrong with an adapter's config is told by who opens it. */
async function readBase(adapter: string): Promise<{ base: string | null; revision: string | null }> {
  const text = await readFile(join(adapter, 'adapter_config.json'), 'utf8').catch(() => '')
  const { data } = baseSchema.safeParse(text)
  return { base: data?.base_model_name_or_path || null, revision: data?.revision || null }
}

const baseSchema = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue('no JSON')
      return z.NEVER
    }
  })
  .pipe(z.looseObject({ base_model_name_or_path: z.string().nullish(), revision: z.string().nullish() }))

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
