/**
 * Strips text like Python's `str.strip`, `lstrip` and `rstrip`. Without `characters` it removes
 * Python's white space, which differs from JavaScript's set (without U+FEFF) and from Unicode's
 * (with U+001C to U+001F).
 */
export function stripText(text: string, sides: { left: boolean; right: boolean }, characters?: string): string {
  const set = characters === undefined ? null : new Set(characters.split(''))
  const isCut = (index: number) => (set === null ? isSpaceCode(text.charCodeAt(index)) : set.has(text.charAt(index)))
  let start = 0
  let end = text.length
  while (sides.left && start < end && isCut(start)) start++
  while (sides.right && start < end && isCut(end - 1)) end--
  return text.slice(start, end)
}

/** Whether a UTF-16 unit is white space in Python. */
export function isSpaceCode(code: number): boolean {
  if (code < 0x80) return code === 0x20 || (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x1f)
  return /\p{White_Space}/u.test(String.fromCharCode(code))
}
