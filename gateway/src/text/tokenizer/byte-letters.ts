/** GPT-2's alphabet: a printable character for each byte, which is the index. */
export const byteLetters: readonly string[] = createByteLetters()

function createByteLetters(): string[] {
  const letters: string[] = []
  let next = 256
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
    letters.push(String.fromCharCode(printable ? byte : next++))
  }
  return letters
}

const codes = Uint16Array.from(byteLetters, (letter) => letter.charCodeAt(0))

/** Converts a text to the letters of its UTF-8 bytes. */
export function toByteLetters(text: string): string {
  const bytes = Buffer.from(text, 'utf8')
  const letters = new Uint16Array(bytes.length)
  for (let index = 0; index < bytes.length; index++) letters[index] = codes[bytes[index] as number] as number
  return Buffer.from(letters.buffer).toString('utf16le')
}
