import { describe, expect, it } from 'vitest'
import { filters } from './filters/index.js'
import { tests } from './filters/tests.js'
import { compileTemplate, costs, WorkLimitError } from './index.js'
import { stringMethods } from './methods/string.js'

const size = 20_000
/** Less than the reading of the large values costs, and more than all else that is done. */
const work = size * costs.character - 1
const small = { text: 'ab', list: ['ab', 'cd'], same: ['ab', 'cd'], dict: { a: 'b' }, equal: { a: 'b' } }
const large = {
  text: 'a'.repeat(size),
  list: Array.from({ length: size }, (_, index) => `a${index}`),
  same: Array.from({ length: size }, (_, index) => `a${index}`),
  dict: Object.fromEntries(Array.from({ length: size }, (_, index) => [`a${index}`, 'b'])),
  equal: Object.fromEntries(Array.from({ length: size }, (_, index) => [`a${index}`, 'b'])),
}
const render = (expression: string, variables: object) =>
  compileTemplate(`{% set y = ${expression} %}`, { formatNow: String })({ ...variables }, work)

/**
 * Expects that an expression counts what it reads: of small values it is cheap, of large ones it is
 * not.
 */
function expectToCount(expression: string): void {
  expect(() => render(expression, small)).not.toThrow()
  expect(() => render(expression, large), expression).toThrow(WorkLimitError)
}

/** Arguments of filters and methods that need some. */
const given: Readonly<Record<string, string>> = {
  ...{
    join: "('')",
    replace: "('a', 'b')",
    batch: '(2)',
    slice: '(2)',
    map: "('upper')",
    attr: "('x')",
    groupby: '(0)',
  },
  ...{ ljust: '(3)', rjust: '(3)', center: '(3)', zfill: '(3)', removeprefix: "('a')", removesuffix: "('a')" },
  ...{ translate: '({})', partition: "('b')", rpartition: "('b')", find: "('c')", rfind: "('c')", index: "('a')" },
  ...{ rindex: "('a')", count: "('a')", startswith: "('a')", endswith: "('a')", format_map: '({})' },
  ...{ truncate: '(1, true, "", 0)', format: '()' },
}
const argumentsOf = (name: string, initial: string) => given[name] ?? initial

/** Filters that return a value of their input and read nothing. */
const free = new Set(['default', 'd', 'string', 'safe', 'attr'])
const ofNumbers = new Set(['abs', 'round', 'filesizeformat'])
const ofDicts = new Set(['items', 'dictsort', 'xmlattr'])
const lazy = new Set(['map', 'select', 'reject', 'unique', 'batch', 'slice', 'items', 'reverse'])
const withAttribute = new Set(['selectattr', 'rejectattr'])
const unsupported = new Set(['encode', 'maketrans'])

describe('filters count what they read', () => {
  const names = [...filters.keys()].filter((name) => !free.has(name) && !ofNumbers.has(name) && !ofDicts.has(name))
  const read = (name: string, input: string) =>
    `${input} | ${name}${name === 'count' ? '' : argumentsOf(name, '')}${lazy.has(name) ? ' | list' : ''}`

  it.each(names.filter((name) => !withAttribute.has(name) && name !== 'sum'))('of a text: %s', (name) => {
    expectToCount(read(name, name === 'first' ? '(text ~ "") | list' : 'text'))
  })
  it.each([
    'list',
    'join',
    'sort',
    'unique',
    'map',
    'select',
    'reject',
    'batch',
    'slice',
    'min',
    'max',
    'tojson',
    'last',
  ])('of a list: %s', (name) => expectToCount(read(name, 'list')))
  it.each(['items', 'dictsort', 'xmlattr', 'tojson', 'urlencode', 'list', 'join'])('of a dict: %s', (name) =>
    expectToCount(read(name, 'dict')),
  )
  it('of a list: sum', () => expectToCount('[list] | sum(start=list)'))
  it.each([...withAttribute])('of attributes: %s', (name) => expectToCount(`list | ${name}('x') | list`))
  it('knows each filter', () => {
    for (const name of [...free, ...ofNumbers, ...ofDicts, ...lazy, ...withAttribute])
      expect(filters.has(name)).toBe(true)
  })
})

describe('methods of strings count what they read', () => {
  it.each([...stringMethods.keys()].filter((name) => !unsupported.has(name) && name !== 'join'))('%s', (name) =>
    expectToCount(`text.${name}${argumentsOf(name, '()')}`),
  )
  it('join', () => expectToCount("'-'.join(list)"))
})

describe('tests and operators count what they read', () => {
  const reading = new Set([
    'lower',
    'upper',
    'in',
    '==',
    'eq',
    'equalto',
    '!=',
    'ne',
    '<',
    'lt',
    '<=',
    'le',
    '>',
    'gt',
    '>=',
    'ge',
  ])
  reading.add('lessthan').add('greaterthan')
  const symbols = new Set(['==', '!=', '<', '<=', '>', '>='])
  it.each([...reading].filter((name) => !symbols.has(name)))('the test %s', (name) =>
    expectToCount(`text is ${name}${name === 'lower' || name === 'upper' ? '' : ' (text ~ "")'}`),
  )
  it('the others read nothing', () => {
    const others = Object.keys(tests).filter((name) => !reading.has(name))
    expect(others).toEqual([
      ...['defined', 'undefined', 'none', 'true', 'false', 'boolean', 'integer', 'float', 'number', 'string'],
      ...['mapping', 'sequence', 'iterable', 'callable', 'escaped', 'odd', 'even', 'divisibleby', 'sameas'],
    ])
  })
  it.each([
    ...["text == text ~ ''", "text < text ~ ''", "'b' in text", 'text[1:]', 'text[::2]', 'text[-1:]', 'text % ()'],
    ...["'%s' % (text,) | upper", "'{}'.format(text)", '{text: 1}', '[text] | string', 'text | e'],
    ...[
      'list + list',
      'list * 2',
      'list[1:]',
      'list == same',
      'list < same',
      'list in [same]',
      '"zz" in list',
      'list.copy()',
      'list.index("cd") if list | length < 9 else list.count(1)',
    ],
    ...[
      'namespace(**dict)',
      'dict == equal',
      'dict.items() | list',
      'dict.keys() | list',
      'dict.values() | list',
      'dict | string',
    ],
    ...[
      'namespace(dict)',
      'cycler(*list)',
      '(text,) * (text | length)',
      'range(0, list | length) | list',
      "text ~ 'x' in dict",
    ],
  ])('%s', (expression) => expectToCount(expression))
})

describe('searches count a text once, however often its parts are found', () => {
  const marker = '<tool_call>'
  const text = `${'a'.repeat(500)}${marker}`.repeat(1_000)

  it.each([
    'text.split(marker) | length',
    'text.rsplit(marker) | length',
    "text.replace(marker, 'x') | length",
    'text.count(marker)',
  ])('%s', (expression) => {
    const render = compileTemplate(`{% set y = ${expression} %}`, { formatNow: String })
    expect(() => render({ text, marker }, 3 * text.length * costs.eachCharacter)).not.toThrow()
  })
})
