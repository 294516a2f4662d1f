import type { AddedToken, Component, TokenizerFile } from './tokenizer-file.js'
import { TextError } from './types.js'

/** What the tokenizer puts before and after one text. */
export interface Ends {
  readonly before: readonly number[]
  readonly after: readonly number[]
}

const NONE: Ends = { before: [], after: [] }

/** The post-processor's part for a single text: BOS and EOS. @throws TextError for a type that is not known. */
export function readEnds(file: TokenizerFile): Ends {
  if (file.addedEnds !== null) return configuredEnds(file, file.addedEnds)
  return endsOf(file.postProcessor)
}

/** transformers' `update_post_processor`: a name that has no token adds nothing. */
function configuredEnds(file: TokenizerFile, added: { bos: boolean; eos: boolean }): Ends {
  const idOf = (name: string): number[] => {
    const token = file.addedTokens.find((candidate: AddedToken) => candidate.content === file.namedTokens[name])
    return token === undefined ? [] : [token.id]
  }
  return { before: added.bos ? idOf('bos_token') : [], after: added.eos ? idOf('eos_token') : [] }
}

function endsOf(processor: Component | null): Ends {
  if (processor === null) return NONE
  switch (processor.type) {
    case 'ByteLevel':
      return NONE
    case 'Sequence':
      return ((processor.processors ?? []) as Component[]).map(endsOf).reduce(wrap, NONE)
    case 'BertProcessing':
    case 'RobertaProcessing':
      return { before: [(processor.cls as [string, number])[1]], after: [(processor.sep as [string, number])[1]] }
    case 'TemplateProcessing':
      return templateEnds(processor)
    default:
      throw new TextError(
        'unsupported_tokenizer',
        `The tokenizer has a post-processor of type "${processor.type}"; supported are TemplateProcessing, ByteLevel, ` +
          'BertProcessing, RobertaProcessing and Sequence.',
      )
  }
}

function wrap(inner: Ends, outer: Ends): Ends {
  return { before: [...outer.before, ...inner.before], after: [...inner.after, ...outer.after] }
}

type TemplateItem = { SpecialToken?: { id: string }; Sequence?: { id: string } }

function templateEnds(processor: Component): Ends {
  const items = (processor.single ?? []) as TemplateItem[]
  const tokens = (processor.special_tokens ?? {}) as Record<string, { ids: number[] }>
  const idsOf = (part: TemplateItem[]) => part.flatMap((item) => tokens[item.SpecialToken?.id ?? '']?.ids ?? [])
  const text = items.findIndex((item) => item.Sequence !== undefined)
  return { before: idsOf(items.slice(0, text)), after: idsOf(items.slice(text + 1)) }
}
