import type { DecodeOptions, Text } from '../../../text/index.js'
import { alignOffsets } from './align-offsets.js'
import { countCodePoints, TextOffsets } from './text-offsets.js'

const shown = { skipSpecialTokens: false }

/**
 * Returns where each token of a prompt begins in the text that was sent, in code points. Special
 * tokens that the text spells take their room; those that encoding adds take none.
 * @param ids the whole encoded text
 */
export function promptOffsets(text: Text, ids: readonly number[], sent: string, addsSpecialTokens: boolean): number[] {
  const added = addsSpecialTokens ? addedTokens(text) : { before: 0, after: 0 }
  const own = ids.slice(added.before, ids.length - added.after)
  const inDecoded = tokenOffsets(text, own, shown)
  const decoded = text.decode(own, shown)
  const inSent =
    decoded === sent
      ? inDecoded
      : alignOffsets(hideUnknown(text, { ids: own, offsets: inDecoded, decoded, sent }), sent, inDecoded)
  const fill = (count: number, offset: number) => new Array<number>(count).fill(offset)
  return [...fill(added.before, 0), ...inSent, ...fill(added.after, countCodePoints(sent))]
}

interface Decoded {
  readonly ids: readonly number[]
  readonly offsets: readonly number[]
  readonly decoded: string
  readonly sent: string
}

/** Private use: no tokenizer keeps it, so it agrees with nothing. */
const unknown = '\ue000'
const bracketed = /^(?:<.+>|\[.+\])$/

/** Replaces the names of tokens that the sent text does not spell, such as `<unk>`. */
function hideUnknown(text: Text, { ids, offsets, decoded, sent }: Decoded): string {
  const folded = sent.toLowerCase()
  const isHidden = (id: number) => {
    const name = text.tokenText(id).trim()
    return bracketed.test(name) && !folded.includes(name.toLowerCase())
  }
  const hidden = new Set([...new Set(ids)].filter(isHidden))
  if (hidden.size === 0) return decoded
  const characters = [...decoded]
  for (const [i, id] of ids.entries())
    if (hidden.has(id)) characters.fill(unknown, offsets[i], offsets[i + 1] ?? characters.length)
  return characters.join('')
}

/** Returns where each token begins in the text of all tokens, in code points. */
export function tokenOffsets(text: Text, ids: readonly number[], options: DecodeOptions): number[] {
  const offsets = new TextOffsets(text, options, 0)
  return ids.map((id) => offsets.next(id))
}

interface AddedTokens {
  readonly before: number
  readonly after: number
}

const known = new WeakMap<Text, AddedTokens>()

/** Returns how many tokens a tokenizer adds to a text, such as BOS and EOS. */
function addedTokens(text: Text): AddedTokens {
  const found = known.get(text) ?? findAddedTokens(text)
  known.set(text, found)
  return found
}

function findAddedTokens(text: Text): AddedTokens {
  const [plain, whole] = [text.encodePlain('a'), text.encode('a')]
  const before = whole.findIndex((_, start) => plain.every((id, i) => whole[start + i] === id))
  return { before: Math.max(before, 0), after: Math.max(whole.length - plain.length - before, 0) }
}
