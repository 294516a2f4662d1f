/** Bytes to text as they come; holds an unfinished character (at most three bytes) back. */
export interface Utf8Stream {
  push(bytes: Uint8Array): string
  /** Ends a run of bytes: what was unfinished comes as U+FFFD. */
  flush(): string
}

/**
 * @param perByte one U+FFFD for each byte of an invalid sequence, as the Rust library's ByteFallback gives; otherwise one for
 * each maximal part of a character, as the WHATWG decoder and Rust's `from_utf8_lossy` do.
 */
export function createUtf8Stream(perByte: boolean): Utf8Stream {
  let pending: number[] = []
  /** How many bytes the pending character still lacks, and the range the next one must lie in (Unicode, table 3-7). */
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
