import type { DecodeOptions, Text } from '../../../text/index.js'

/**
 * Counts where tokens begin in a text, in code points, as Python counts. A token that continues a
 * character has the offset of that character. A token without text has the offset of the text that
 * follows.
 */
export class TextOffsets {
  private readonly detokenizer: ReturnType<Text['createDetokenizer']>
  /** The number of bytes that the last character of the text still lacks. */
  private missing = 0

  /** @param end the length of the text so far */
  constructor(
    private readonly text: Text,
    private readonly options: DecodeOptions,
    private end: number,
  ) {
    this.detokenizer = text.createDetokenizer(options)
  }

  /** Returns the offset of the next token. */
  next(id: number): number {
    const start = this.end
    const isSkipped = this.options.skipSpecialTokens && this.text.specialTokenIds.has(id)
    const bytes = isSkipped ? noBytes : this.text.tokenBytes(id)
    this.end += countCodePoints(this.detokenizer.push(id))
    const [first] = bytes
    if (first === undefined) return start
    const isFresh = this.missing === 0
    const isPart = !isFresh && isContinuation(first)
    this.missing = missingAfter(this.missing, bytes)
    if (isFresh || isPart) return start
    // The token ended an unfinished character, whose replacement came with this token's text.
    const own = countCodePoints(this.text.tokenText(id)) - (this.missing > 0 ? 1 : 0)
    return this.end - own
  }
}

const noBytes = new Uint8Array()

/** Counts the code points of a text. */
export function countCodePoints(text: string): number {
  let count = 0
  for (const _character of text) count++
  return count
}

const isContinuation = (byte: number): boolean => byte >= 0x80 && byte <= 0xbf

/** Returns how many bytes the last character lacks after more bytes (Unicode, table 3-6). */
function missingAfter(before: number, bytes: Uint8Array): number {
  let missing = before
  for (const byte of bytes) {
    if (isContinuation(byte)) missing = Math.max(0, missing - 1)
    else missing = bytesAfter(byte)
  }
  return missing
}

function bytesAfter(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) return 1
  if (lead >= 0xe0 && lead <= 0xef) return 2
  return lead >= 0xf0 && lead <= 0xf4 ? 3 : 0
}
