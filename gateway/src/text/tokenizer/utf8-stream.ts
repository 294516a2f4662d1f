/**
 * Converts bytes to text as they arrive. It holds back an unfinished character, at most three
 * bytes.
 */
export interface Utf8Stream {
  /** Adds bytes and returns the new text. */
  push(bytes: Uint8Array): string
  /** Ends a run of bytes. An unfinished character becomes U+FFFD. */
  flush(): string
}

/**
 * Creates a stream from bytes to text.
 * @param perByte writes one U+FFFD for each byte of an invalid sequence, like the Rust library's
 *   ByteFallback; otherwise one for each maximal part of a character, like the WHATWG decoder and
 *   Rust's `from_utf8_lossy`
 */
export function createUtf8Stream(perByte: boolean): Utf8Stream {
  let pending: number[] = []
  /**
   * The number of missing bytes of the pending character, and the range of the next byte (Unicode,
   * table 3-7).
   */
  let missing = 0
  let low = 0x80
  let high = 0xbf

  const flush = (): string => {
    const replaced = '\ufffd'.repeat(perByte ? pending.length : Math.min(pending.length, 1))
    pending = []
    missing = 0
    return replaced
  }

  const begin = (byte: number): string => {
    if (byte < 0x80) return String.fromCharCode(byte)
    missing = byte >= 0xc2 && byte <= 0xdf ? 1 : byte >= 0xe0 && byte <= 0xef ? 2 : byte >= 0xf0 && byte <= 0xf4 ? 3 : 0
    if (missing === 0) return '\ufffd'
    low = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80
    high = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf
    pending = [byte]
    return ''
  }

  const next = (byte: number): string => {
    if (missing === 0) return begin(byte)
    if (byte < low || byte > high) return flush() + begin(byte)
    low = 0x80
    high = 0xbf
    pending.push(byte)
    missing--
    if (missing > 0) return ''
    const character = Buffer.from(pending).toString('utf8')
    pending = []
    return character
  }

  return {
    push(bytes) {
      let text = ''
      for (const byte of bytes) text += next(byte)
      return text
    },
    flush,
  }
}
