/**
 * Strips text like Python's `str.strip`, `lstrip` and `rstrip`. Without `characters` it removes
 * Python's white space, which differs from JavaScript's set (without U+FEFF) and from Unicode's
 * (with U+001C to U+001F).
 */
export function stripText(text: string, sides: { left: boolean; right: boolean }, characters?: string): string {
  const isCut = characters === undefined ? isPythonSpace : (unit: string) => characters.includes(unit)
  let start = 0
  let end = text.length
  while (sides.left && start < end && isCut(text.charAt(start))) start++
  while (sides.right && start < end && isCut(text.charAt(end - 1))) end--
  return text.slice(start, end)
}

/** Whether a character is white space in Python. */
export function isPythonSpace(unit: string): boolean {
  return (unit >= '\x1c' && unit <= '\x1f') || /\p{White_Space}/u.test(unit)
}
