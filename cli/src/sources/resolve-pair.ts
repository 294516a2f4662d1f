import type { Context } from '../context.js'
import { isHubName } from '../source-text/hub-name.js'
import { findNamedBase } from './adapter-base.js'
import { resolveSource } from './resolve-source.js'
import { findSource, type Source } from './source.js'
import { missingModel } from './validate-sources.js'

/** A source, and what messages call it. */
export interface NamedPart {
  readonly source: Source
  /** `--sft path/to/sft` */
  readonly where: string
  /** As it was given. */
  readonly text: string
}

/**
 * Finds the two models of a pair, pulling those that are on the hub. Without an SFT model it is the base that the adapter names.
 * @param labelOf how messages name a model's source, e.g. `--sft`
 * @throws Error as `resolveSource`, or where one of the two is missing
 */
export async function resolvePair(
  { sft, dpo }: { readonly sft?: string | undefined; readonly dpo?: string | undefined },
  labelOf: (model: 'sft' | 'dpo') => string,
  context: Context,
): Promise<{ readonly sft: NamedPart; readonly dpo: NamedPart }> {
  if (dpo === undefined) throw missingModel('--dpo')
  // What stands here is looked at before anything is pulled for its sake.
  if (sft !== undefined && !isHubName(sft)) await findSource(sft, labelOf('sft'))
  const adapter = await bringPart(dpo, labelOf('dpo'), context)
  if (sft !== undefined) return { sft: await bringPart(sft, labelOf('sft'), context), dpo: adapter }
  if (adapter.source.kind !== 'adapter') throw missingModel('--sft')
  const base = await findNamedBase(adapter.source.path, adapter.where, isHubName(dpo))
  context.output.write(`The SFT model is ${base}, the base that ${adapter.where} names\n`)
  return { sft: await bringPart(base, `${adapter.where}: base`, context), dpo: adapter }
}

const bringPart = async (text: string, label: string, context: Context): Promise<NamedPart> => ({
  source: await resolveSource(text, label, context),
  where: `${label} ${text}`,
  text,
})
