import type { Component } from './parts.js'
import { TextError } from './text-error.js'

/** Ids that the tokenizer adds before and after a text. */
export interface Ends {
  readonly before: readonly number[]
  readonly after: readonly number[]
}

const noEnds: Ends = { before: [], after: [] }

/**
 * Reads the ids that the post-processor adds to a single text: BOS and EOS. It ignores
 * `add_bos_token` and `add_eos_token` of tokenizer_config.json, as transformers 5 does if there is
 * a tokenizer.json.
 * @throws TextError `unsupported_tokenizer` for an unknown type
 */
export function readEnds(processor: Component | null): Ends {
  if (processor === null) return noEnds
  switch (processor.type) {
    case 'ByteLevel':
      return noEnds
    case 'Sequence':
      return ((processor.processors ?? []) as Component[]).map(readEnds).reduce(wrap, noEnds)
    case 'BertProcessing':
    case 'RobertaProcessing':
      return { before: [(processor.cls as [string, number])[1]], after: [(processor.sep as [string, number])[1]] }
    case 'TemplateProcessing':
      return templateEnds(processor)
    default:
      throw new TextError(
        'unsupported_tokenizer',
        `the tokenizer has a post-processor of type "${processor.type}"; supported are TemplateProcessing, ByteLevel, ` +
          'BertProcessing, RobertaProcessing and Sequence',
      )
  }
}

function wrap(inner: Ends, outer: Ends): Ends {
  return { before: [...outer.before, ...inner.before], after: [...inner.after, ...outer.after] }
}

type TemplateItem = { readonly SpecialToken?: { id: string }; readonly Sequence?: { id: string } }

function templateEnds(processor: Component): Ends {
  const items = (processor.single ?? []) as TemplateItem[]
  const tokens = (processor.special_tokens ?? {}) as Record<string, { ids: number[] }>
  const idsOf = (part: TemplateItem[]) => part.flatMap((item) => tokens[item.SpecialToken?.id ?? '']?.ids ?? [])
  const text = items.findIndex((item) => item.Sequence !== undefined)
  return { before: idsOf(items.slice(0, text)), after: idsOf(items.slice(text + 1)) }
}
