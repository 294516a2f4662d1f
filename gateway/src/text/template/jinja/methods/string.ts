import { stripText } from '../../python-text.js'
import { TemplateError, UnsupportedTemplateError } from '../errors.js'
import { formatBraces, mapArguments } from '../format/braces.js'
import { assertTextLength, joinTexts } from '../limits.js'
import { Dict } from '../values/dict.js'
import { isTrue, iterate } from '../values/operations.js'
import { indexOfText, lastIndexOfText } from '../values/search-text.js'
import { charactersOf, lengthOfText } from '../values/text.js'
import { isList, spendArguments, spendIfText, Tuple, textOf, type Value } from '../values/value.js'
import { costs, spend, spendText } from '../work.js'
import { capitalize, foldCase, swapCase, titleWords } from './case.js'
import { characterTests } from './character-classes.js'
import { type Method, method, requireInteger, requireText } from './method.js'
import { count, find, hasEdge, indexOf } from './search.js'
import { replaceText, split, splitFromEnd, splitLines } from './split.js'

type StringMethod = Method<string>
const define = (
  name: string,
  parameters: string,
  run: (text: string, ...bound: (Value | undefined)[]) => Value,
): [string, StringMethod] => [name, method(name, parameters, run)]

const changes = {
  upper: toUpper,
  lower: toLower,
  casefold: foldCase,
  swapcase: swapCase,
  title: titleWords,
  capitalize,
}

function toUpper(text: string): string {
  return text.toUpperCase()
}

function toLower(text: string): string {
  return text.toLowerCase()
}

/** The methods of strings that return text, which is marked if the object is marked. */
const textMethods: readonly [string, StringMethod][] = [
  ...Object.entries(changes).map(([name, change]) => define(name, '', change)),
  define('strip', 'chars= /', (text, characters) => strip(text, characters, { left: true, right: true })),
  define('lstrip', 'chars= /', (text, characters) => strip(text, characters, { left: true, right: false })),
  define('rstrip', 'chars= /', (text, characters) => strip(text, characters, { left: false, right: true })),
  define('replace', 'old new count= /', (text, old, replacement, limit) =>
    replaceText(
      text,
      requireText(old, 'replace()'),
      requireText(replacement, 'replace()'),
      requireInteger(limit, -1, 'replace()'),
    ),
  ),
  define('join', 'iterable /', join),
  define('ljust', 'width fillchar= /', (text, width, fill) => pad(text, width, fill, () => 0)),
  define('rjust', 'width fillchar= /', (text, width, fill) => pad(text, width, fill, (missing) => missing)),
  define('center', 'width fillchar= /', (text, width, fill) =>
    pad(text, width, fill, (missing, size) => (missing >> 1) + (missing & size & 1)),
  ),
  define('zfill', 'width /', (text, width) => fillZeros(text, requireInteger(width, 0, 'zfill()'))),
  define('expandtabs', 'tabsize=', (text, size) => expandTabs(text, requireInteger(size, 8, 'expandtabs()'))),
  define('removeprefix', 'prefix /', (text, edge) => {
    const prefix = requireText(edge, 'removeprefix()')
    return text.startsWith(prefix) ? text.slice(prefix.length) : text
  }),
  define('removesuffix', 'suffix /', (text, edge) => {
    const suffix = requireText(edge, 'removesuffix()')
    return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
  }),
  define('translate', 'table /', translate),
  define('split', 'sep= maxsplit=', (text, separator, limit) =>
    split(text, separatorOf(separator), requireInteger(limit, -1, 'split()')),
  ),
  define('rsplit', 'sep= maxsplit=', (text, separator, limit) =>
    splitFromEnd(text, separatorOf(separator), requireInteger(limit, -1, 'rsplit()')),
  ),
  define('splitlines', 'keepends=', (text, keepsEnds) => splitLines(text, isTrue(keepsEnds ?? false))),
  define('partition', 'sep /', (text, separator) => partition(text, requireText(separator, 'partition()'), false)),
  define('rpartition', 'sep /', (text, separator) => partition(text, requireText(separator, 'rpartition()'), true)),
  ['format', (text, args, access) => formatBraces(text, args, access, false)],
  ['format_map', (text, args, access) => formatBraces(text, mapArguments(args), access, false)],
]

const otherMethods: readonly [string, StringMethod][] = [
  define('find', 'sub start= end= /', (text, ...bound) => BigInt(find(text, bound, false))),
  define('rfind', 'sub start= end= /', (text, ...bound) => BigInt(find(text, bound, true))),
  define('index', 'sub start= end= /', (text, ...bound) => indexOf(text, bound, false)),
  define('rindex', 'sub start= end= /', (text, ...bound) => indexOf(text, bound, true)),
  define('count', 'sub start= end= /', (text, ...bound) => count(text, bound)),
  define('startswith', 'prefix start= end= /', (text, ...bound) => hasEdge(text, bound, false)),
  define('endswith', 'suffix start= end= /', (text, ...bound) => hasEdge(text, bound, true)),
  ...Object.entries(characterTests).map(([name, test]) => define(name, '', test)),
  ...['encode', 'maketrans', 'isnumeric', 'isalnum'].map((name): [string, StringMethod] => [name, otherwise(name)]),
]

/** Methods of strings that return text or lists of text. */
export const textReturning: ReadonlySet<string> = new Set(textMethods.map(([name]) => name))

/** The methods of strings by name. What they read and make counts as work. */
export const stringMethods: ReadonlyMap<string, StringMethod> = new Map(
  [...otherMethods, ...textMethods].map(([name, run]) => [name, measured(run)]),
)

function measured(run: StringMethod): StringMethod {
  return (text, args, access) => {
    spendText(text)
    spendArguments(args)
    const result = run(text, args, access)
    if (isList(result)) spend(result.length * costs.item)
    else spendIfText(result)
    return result
  }
}

function otherwise(name: string): StringMethod {
  if (name === 'isalnum') return method(name, '', (text) => testEach(text, /^[\p{L}\p{N}]+$/u))
  if (name === 'isnumeric') return method(name, '', isNumeric)
  return () => {
    throw new UnsupportedTemplateError(`the method ${name}() of strings is not supported`)
  }
}

/** Some ideographs are numbers in Python, which no property of Unicode tells. They are refused. */
function isNumeric(text: string): boolean {
  if (testEach(text, /\p{Script=Han}/u))
    throw new UnsupportedTemplateError('isnumeric() of Chinese characters is not supported')
  return testEach(text, /^\p{N}+$/u)
}

function testEach(text: string, pattern: RegExp): boolean {
  spend(text.length * costs.eachCharacter)
  return pattern.test(text)
}

function strip(text: string, characters: Value | undefined, sides: { left: boolean; right: boolean }): string {
  if (characters === undefined || characters === null) {
    const stripped = stripText(text, sides)
    spend((text.length - stripped.length) * costs.eachCharacter)
    return stripped
  }
  const cut = requireText(characters, 'strip()')
  spend((text.length + cut.length) * costs.eachCharacter)
  return stripText(text, sides, cut)
}

function separatorOf(separator: Value | undefined): string | null {
  return separator === undefined || separator === null ? null : requireText(separator, 'split()')
}

function join(text: string, items: Value | undefined): string {
  return joinTexts(requireTexts(items ?? null), text)
}

function* requireTexts(items: Value): Generator<string> {
  for (const [index, item] of [...iterate(items)].entries())
    yield textOf(item) ?? requireText(item, `join(): item ${index}`)
}

function pad(
  text: string,
  width: Value | undefined,
  fill: Value | undefined,
  left: (missing: number, width: number) => number,
): string {
  const size = requireInteger(width, 0, 'a width')
  const mark = fill === undefined ? ' ' : requireText(fill, 'a fill character')
  if (charactersOf(mark).length !== 1) throw new TemplateError('The fill character must be exactly one character long')
  assertTextLength(size)
  const missing = Math.max(0, size - lengthOfText(text))
  const before = missing === 0 ? 0 : left(missing, size)
  return mark.repeat(before) + text + mark.repeat(missing - before)
}

function fillZeros(text: string, width: number): string {
  assertTextLength(width)
  const sign = /^[+-]/.test(text) ? text.charAt(0) : ''
  return sign + '0'.repeat(Math.max(0, width - lengthOfText(text))) + text.slice(sign.length)
}

function expandTabs(text: string, size: number): string {
  spend(text.length * costs.slowCharacter)
  let column = 0
  let expanded = ''
  for (const character of text) {
    const added = character !== '\t' ? character : ' '.repeat(size > 0 ? size - (column % size) : 0)
    expanded += added
    column = /[\n\r]/.test(character) ? 0 : column + (character === '\t' ? added.length : 1)
    assertTextLength(expanded.length)
  }
  return expanded
}

function partition(text: string, separator: string, isFromEnd: boolean): Tuple {
  if (separator === '') throw new TemplateError('empty separator')
  const index = isFromEnd ? lastIndexOfText(text, separator) : indexOfText(text, separator)
  if (index < 0) return new Tuple(isFromEnd ? ['', '', text] : [text, '', ''])
  return new Tuple([text.slice(0, index), separator, text.slice(index + separator.length)])
}

function translate(text: string, table: Value | undefined): string {
  if (!(table instanceof Dict)) throw new TemplateError('translate() requires a dict')
  const change = (character: string) => {
    spend(costs.slowCharacter)
    const found = table.get(BigInt(character.codePointAt(0) ?? 0))
    if (found === undefined) return character
    return typeof found === 'bigint'
      ? String.fromCodePoint(Number(found))
      : found === null
        ? ''
        : (textOf(found) ?? character)
  }
  return joinTexts(charactersOf(text).map(change), '')
}
