import { readFile, realpath, stat } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import { z } from 'zod'
import type { Output } from '../progress.js'
import { formatHubName, isRepo } from '../source-text/hub-name.js'

/**
 * Warns if an adapter names another base than the source that it is applied to. This is not an
 * error: the same weights can have another path or name. But an adapter on other weights gives
 * nonsense without any other sign.
 */
export async function warnOfOtherBase(source: string, adapter: string, output: Output): Promise<void> {
  const { base } = await readBase(adapter)
  if (base === null || (await isNamed(source, base))) return
  output.write(
    `Warning: ${basename(resolve(adapter))} was trained on "${base}" (its adapter_config.json), ` +
      `and is applied to ${source}. ` +
      'If these are not the same weights, give the ones that it was trained on.\n',
  )
}

/**
 * Finds the base that an adapter's config names: a path, or a model of the hub.
 * @param where the adapter in messages, e.g. `--dpo hf:org/lora`
 * @param isFromHub whether the adapter is from the hub, so that a path in its config belongs to
 * another machine
 * @throws Error if the config names neither
 */
export async function findNamedBase(adapter: string, where: string, isFromHub: boolean): Promise<string> {
  const { base, revision } = await readBase(adapter)
  if (base !== null && !isFromHub && (await stat(base).catch(() => null)) !== null) return base
  if (base !== null && isRepo(base)) return formatHubName({ repo: base, path: '', revision })
  const named =
    base === null
      ? 'does not name a base'
      : `names as its base "${base}", which is neither an existing path nor a name on the hub`
  throw new Error(
    `--sft is missing, and the adapter_config.json of ${where} ${named}. ` +
      'Give the model that the adapter was trained on as --sft',
  )
}

/**
 * Reads the base of an adapter's config. Errors in the config are found later, when the adapter is
 * opened.
 */
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
      context.addIssue('not JSON')
      return z.NEVER
    }
  })
  .pipe(z.looseObject({ base_model_name_or_path: z.string().nullish(), revision: z.string().nullish() }))

/**
 * Whether a source is the base: the same path, or the same last name (a folder, "NAME.Q4_1.gguf",
 * the hub's cache "models--ORG--NAME").
 */
async function isNamed(source: string, base: string): Promise<boolean> {
  const path = await realpath(source).catch(() => resolve(source))
  if (path === (await realpath(base).catch(() => null))) return true
  const name = basename(base).toLowerCase()
  const last = basename(source).toLowerCase()
  if (last === name || (last.endsWith('.gguf') && last.startsWith(name))) return true
  const parts = path.toLowerCase().split(sep)
  return parts.some((part) => part.startsWith('models--') && part.endsWith(`--${name}`))
}
