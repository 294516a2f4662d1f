import fc from 'fast-check'

/** Parts of templates without parts of their own. */

const quote = (text: string) => JSON.stringify(text).replaceAll('\u2028', '\\u2028')

/** Texts that templates treat in different ways. */
export const texts = fc.constantFrom(
  ...[
    '',
    'a',
    'abc',
    ' Ab ',
    'é🙂',
    '1',
    '-2',
    '1.5',
    '<x>&',
    'a,b,c',
    "it's",
    'a\nb\n',
    '%s',
    '{}',
    'ß',
    'A b C',
    'x\ty',
  ],
  ...['user', 'role', 'content', 'None', '0', 'aXbX', '\u00a0a\u2028', '__x__', 'b'],
)

/** A literal of a text. */
export const textLiteral = texts.map(quote)

/** A small integer. It bounds texts and lists that are repeated. */
export const smallInteger = fc.constantFrom('0', '1', '2', '3', '-1', '-2', '5', 'n', 'true', 'neg')

/** Any number. */
export const number = fc.oneof(
  smallInteger,
  fc.constantFrom(
    '0.5',
    '1.0',
    '-2.5',
    '1e16',
    '1e-5',
    '2.675',
    '0.1',
    '12345678901234567890',
    '100',
    'f',
    'big',
    '7.0',
    '1e22',
  ),
)

/** The name of a variable: one of the rendering, one that templates set, or one that is missing. */
export const variable = fc.constantFrom(
  ...[
    'messages',
    'tools',
    'text',
    'word',
    'n',
    'f',
    'neg',
    'yes',
    'no',
    'nothing',
    'items',
    'names',
    'user',
    'missing',
  ],
  ...['x', 'y', 'z', 'bos_token', 'add_generation_prompt', 'ns'],
)

/** A name that templates assign. */
export const assignable = fc.constantFrom('x', 'y', 'z', 'word', 'n', 'items')

/** A key or an attribute. */
export const key = fc.constantFrom(
  'role',
  'content',
  'name',
  'zip',
  'a',
  'b',
  'c',
  'items',
  'keys',
  'grouper',
  'n',
  'flag',
)

/** A specification of `format`. */
export const formatSpec = fc.constantFrom(
  ...[
    '',
    '>5',
    '<5',
    '^6',
    '*^7',
    '05',
    '+',
    ' ',
    ',',
    '_',
    'd',
    'x',
    '#x',
    'b',
    'o',
    'c',
    's',
    '.2',
    '.3f',
    'e',
    'g',
    '%',
  ],
  ...['08.2f', ',.2f', '=+8', '.0f', '10.3', 'X', '#o', '.1e', 'G', '012,', '>+6.1f'],
)

/** A directive of `%`. */
export const directive = fc.constantFrom(
  ...[
    '%s',
    '%d',
    '%5s',
    '%-5s|',
    '%05d',
    '%+d',
    '%.2f',
    '%r',
    '%x',
    '%c',
    '%e',
    '%g',
    '%i',
    '%%',
    '%a',
    '%8.3f',
    '%.3s',
  ],
  ...['% d', '%#x', '%o', '%G', '%.0f', '%5.1e', '%z'],
)

/** The name of a test that has an argument. */
export const testWithArgument = fc.constantFrom(
  'in',
  'eq',
  'ne',
  'lt',
  'le',
  'gt',
  'ge',
  'equalto',
  'divisibleby',
  '==',
  '>',
  'lessthan',
)
