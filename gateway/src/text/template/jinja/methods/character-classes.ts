import { costs, spend } from '../work.js'

/** Characters with the numeric type Digit, besides decimal digits. */
const digits = '²³¹፩-፱᧚⁰⁴-⁹₀-₉①-⑨⑴-⑼⒈-⒐⓪⓵-⓽⓿❶-❾➀-➈➊-➒𐩀-𐩃𐹠-𐹨𑁒-𑁚🄀-🄊'

const isEvery = (source: string) => new RegExp(`^(?:${source})+$`, 'u')

type CharacterTest = (text: string) => boolean

const tests: Readonly<Record<string, CharacterTest>> = {
  isalpha: test('\\p{L}'),
  isdecimal: test('\\p{Nd}'),
  isdigit: test(`[\\p{Nd}${digits}]`),
  isspace: test('[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'),
  isascii: (text) => /^[\0-\x7f]*$/.test(text),
  isprintable: (text) => /^(?:[^\p{C}\p{Z}]| )*$/u.test(text),
  isidentifier: (text) => /^[\p{XID_Start}_]\p{XID_Continue}*$/u.test(text),
  isupper: (text) => /\p{Uppercase}/u.test(text) && !/[\p{Lowercase}\p{Lt}]/u.test(text),
  islower: (text) => /\p{Lowercase}/u.test(text) && !/[\p{Uppercase}\p{Lt}]/u.test(text),
  istitle: isTitle,
}

/** Python's questions about the characters of a text. The empty text is none of these. */
export const characterTests: Readonly<Record<string, CharacterTest>> = Object.fromEntries(
  Object.entries(tests).map(([name, test]) => [name, counted(test)]),
)

function counted(test: CharacterTest): CharacterTest {
  return (text) => {
    spend(text.length * costs.item)
    return test(text)
  }
}

function test(source: string): (text: string) => boolean {
  const pattern = isEvery(source)
  return (text) => pattern.test(text)
}

function isTitle(text: string): boolean {
  let isAfterCased = false
  let hasCased = false
  for (const character of text) {
    spend(costs.slowCharacter)
    const isUpper = /[\p{Uppercase}\p{Lt}]/u.test(character)
    const isLower = /\p{Lowercase}/u.test(character)
    if ((isUpper && isAfterCased) || (isLower && !isAfterCased)) return false
    isAfterCased = isUpper || isLower
    hasCased ||= isAfterCased
  }
  return hasCased
}
