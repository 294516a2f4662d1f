import { costs, spend } from '../work.js'

/** Letters that Unicode writes differently at the start of a word than in upper case. */
const titleCases: Readonly<Record<string, string>> = {
  ...{ Ǆ: 'ǅ', ǅ: 'ǅ', ǆ: 'ǅ', Ǉ: 'ǈ', ǈ: 'ǈ', ǉ: 'ǈ', Ǌ: 'ǋ', ǋ: 'ǋ', ǌ: 'ǋ', Ǳ: 'ǲ', ǲ: 'ǲ', ǳ: 'ǲ' },
  ...{ ŉ: 'ʼN', ᾲ: 'Ὰ\u0345', ᾴ: 'Ά\u0345', ᾷ: 'Α\u0342\u0345', ῂ: 'Ὴ\u0345', ῄ: 'Ή\u0345', ῇ: 'Η\u0342\u0345' },
  ...{ ῲ: 'Ὼ\u0345', ῴ: 'Ώ\u0345', ῷ: 'Ω\u0342\u0345' },
}

/** The title case of a character: that of the first letter of a word. */
function toTitleCase(character: string): string {
  const special = titleCases[character]
  if (special !== undefined) return special
  // Georgian letters have no title case.
  if (/[\u10d0-\u10fa\u10fd-\u10ff]/.test(character)) return character
  const [first = '', ...rest] = character.toUpperCase()
  if (rest.length === 0) return first
  const greek = titleOfGreek(character)
  return greek ?? first + rest.join('').toLowerCase()
}

/** Greek letters with an iota below have a title case of one character. */
function titleOfGreek(character: string): string | null {
  const code = character.codePointAt(0) ?? 0
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCodePoint(code | 8)
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCodePoint(code + 9)
  if (code === 0x1fbc || code === 0x1fcc || code === 0x1ffc) return character
  return null
}

/** Python's `str.capitalize`. */
export function capitalize(text: string): string {
  spendSlowly(text)
  const [first = '', ...rest] = text
  return toTitleCase(first) + rest.join('').toLowerCase()
}

/** Python's `str.title`: every letter after another character begins a word. */
export function titleWords(text: string): string {
  spendSlowly(text)
  return text.replace(/[\p{Cased}]+/gu, (word) => {
    const [first = '', ...rest] = word
    return toTitleCase(first) + rest.join('').toLowerCase()
  })
}

/** Python's `str.swapcase`. */
export function swapCase(text: string): string {
  spendSlowly(text)
  return text.replace(/[\p{Uppercase}\p{Lowercase}]+/gu, (run) =>
    [...run].map((letter) => (/\p{Uppercase}/u.test(letter) ? letter.toLowerCase() : letter.toUpperCase())).join(''),
  )
}

/** Python's `str.casefold`. */
export function foldCase(text: string): string {
  spendSlowly(text)
  return [...text].map(foldCharacter).join('')
}

function foldCharacter(character: string): string {
  // Cherokee folds to its older, upper letters.
  if (/[\u13a0-\u13f5]/.test(character)) return character
  if (/[\u13f8-\u13fd\uab70-\uabbf]/.test(character)) return character.toUpperCase()
  if (/[İı]/.test(character)) return character.toLowerCase()
  if (character === 'ẞ') return 'ss'
  return [...character.toUpperCase()].map((letter) => letter.toLowerCase()).join('')
}

function spendSlowly(text: string): void {
  spend(text.length * costs.slowCharacter)
}
