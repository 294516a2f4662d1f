import type { Context } from '../context.js'
import { isHubName } from '../source-text/hub-name.js'
import { findNamedBase } from './adapter-base.js'
import { resolveSource } from './resolve-source.js'
import { findSource, type Source } from './source.js'
import { missingModel } from './validate-sources.js'

/** A source, and its names. */
export interface NamedPart {
  readonly source: Source
  /** The name in messages: `--sft path/to/sft`. */
  readonly where: string
  /** The text that was given. */
  readonly text: string
}

/**
 * Finds the two models of a pair, and downloads those of the hub. Without an SFT model, it is the
 * base that the adapter names.
 * @param labelOf returns the name of a model's source in messages, e.g. `--sft`
 * @throws Error as `resolveSource`, or if one of the two is missing
 */
export async function resolvePair(
  { sft, dpo }: { readonly sft?: string | undefined; readonly dpo?: string | undefined },
  labelOf: (model: 'sft' | 'dpo') => string,
  context: Context,
): Promise<{ readonly sft: NamedPart; readonly dpo: NamedPart }> {
  if (dpo === undefined) throw missingModel('--dpo')
  // A local source is checked before a download starts.
  if (sft !== undefined && !isHubName(sft)) await findSource(sft, labelOf('sft'))
  const adapter = await resolvePart(dpo, labelOf('dpo'), context)
  if (sft !== undefined) return { sft: await resolvePart(sft, labelOf('sft'), context), dpo: adapter }
  if (adapter.source.kind !== 'adapter') throw missingModel('--sft')
  const base = await findNamedBase(adapter.source.path, adapter.where, isHubName(dpo))
  context.output.write(`The SFT model is ${base}, the base of ${adapter.where}\n`)
  return { sft: await resolvePart(base, `${adapter.where}: base`, context), dpo: adapter }
}

const resolvePart = async (text: string, label: string, context: Context): Promise<NamedPart> => ({
  source: await resolveSource(text, label, context),
  where: `${label} ${text}`,
  text,
})
