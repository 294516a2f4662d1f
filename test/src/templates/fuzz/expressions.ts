import fc, { type Arbitrary } from 'fast-check'
import { directive, formatSpec, key, number, smallInteger, textLiteral, variable } from './atoms.js'

type Text = Arbitrary<string>

const join = (parts: readonly (string | Text)[]): Text =>
  fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((all) => all.join(''))

const atom: Text = fc.oneof(
  { weight: 4, arbitrary: variable },
  { weight: 3, arbitrary: textLiteral },
  { weight: 2, arbitrary: number },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'true',
      'false',
      'none',
      '[]',
      '{}',
      '()',
      'loop.index',
      'loop.last',
      'loop.first',
      'loop',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('messages[0]', 'messages[2]', 'user.a', 'items[0]', 'messages[1].content') },
)

const filterName = fc.constantFrom(
  ...[
    'upper',
    'lower',
    'title',
    'capitalize',
    'trim',
    'length',
    'list',
    'first',
    'last',
    'string',
    'int',
    'float',
    'abs',
  ],
  ...['round', 'sort', 'reverse', 'unique', 'sum', 'min', 'max', 'join', 'tojson', 'e', 'safe', 'wordcount', 'items'],
  ...[
    'dictsort',
    'count',
    'default',
    'd',
    'escape',
    'indent',
    'center',
    'select',
    'reject',
    'map',
    'forceescape',
    'urlencode',
  ],
)

const testName = fc.constantFrom(
  ...[
    'defined',
    'undefined',
    'none',
    'string',
    'number',
    'integer',
    'float',
    'boolean',
    'mapping',
    'sequence',
    'iterable',
  ],
  ...['odd', 'even', 'true', 'false', 'lower', 'upper', 'callable', 'escaped'],
)

const testWithArgument = fc.constantFrom(
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

const plainMethod = fc.constantFrom(
  ...[
    'upper',
    'lower',
    'title',
    'capitalize',
    'strip',
    'lstrip',
    'rstrip',
    'split',
    'rsplit',
    'splitlines',
    'swapcase',
  ],
  ...[
    'casefold',
    'isdigit',
    'isalpha',
    'isalnum',
    'isspace',
    'isupper',
    'islower',
    'istitle',
    'isidentifier',
    'isprintable',
  ],
  ...[
    'keys',
    'values',
    'items',
    'copy',
    'expandtabs',
    'isascii',
    'isdecimal',
    'isnumeric',
    'append',
    'nope',
    'bit_length',
  ],
)

const textMethod = fc.constantFrom(
  ...[
    'strip',
    'lstrip',
    'rstrip',
    'split',
    'rsplit',
    'partition',
    'rpartition',
    'startswith',
    'endswith',
    'find',
    'rfind',
  ],
  ...['index', 'count', 'join', 'removeprefix', 'removesuffix', 'get', 'format'],
)

const operator = fc.constantFrom(
  '+',
  '-',
  '*',
  '/',
  '//',
  '%',
  '~',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'not in',
  'and',
  'or',
)

/** A filter with arguments. `e` is any expression. */
function filterCall(e: Text): Text {
  return fc.oneof(
    join(['replace(', textLiteral, ', ', textLiteral, ')']),
    join(['join(', textLiteral, ')']),
    join(['default(', e, fc.constantFrom('', ', true', ', boolean=false'), ')']),
    join([
      fc.constantFrom('map', 'select', 'reject'),
      '(',
      fc.constantFrom('"upper"', '"string"', '"int"', '"length"', '"odd"', '"none"', '"first"'),
      ')',
    ]),
    join(['map(attribute=', key.map((name) => `"${name}"`), fc.constantFrom('', ', default="d"'), ')']),
    join([
      fc.constantFrom('selectattr', 'rejectattr'),
      '("',
      key,
      '"',
      fc.constantFrom('', ', "defined"', ', "undefined"', ', "string"'),
      ')',
    ]),
    join([fc.constantFrom('selectattr', 'rejectattr'), '("', key, '", "', testWithArgument, '", ', e, ')']),
    join([fc.constantFrom('select', 'reject'), '("', testWithArgument, '", ', e, ')']),
    join([fc.constantFrom('sort', 'min', 'max', 'unique', 'sum', 'join'), '(attribute="', key, '")']),
    join(['sort(', fc.constantFrom('reverse=true', 'true', 'case_sensitive=true', 'false, true'), ')']),
    join([
      fc.constantFrom('batch', 'slice', 'indent', 'center', 'truncate', 'round', 'int', 'tojson'),
      '(',
      smallInteger,
      ')',
    ]),
    join([fc.constantFrom('batch', 'slice'), '(2, ', e, ')']),
    join(['round(', fc.constantFrom('1', '2', '-1', '0', '3'), fc.constantFrom('', ', "floor"', ', "ceil"'), ')']),
    join(['groupby("', key, '"', fc.constantFrom('', ', default=""', ', case_sensitive=true'), ')']),
    join([
      'tojson(',
      fc.constantFrom('indent=2', 'ensure_ascii=true', 'sort_keys=true', 'indent=0', 'separators=(",", ":")'),
      ')',
    ]),
    join(['dictsort(', fc.constantFrom('true', 'by="value"', 'reverse=true'), ')']),
    join(['trim(', textLiteral, ')']),
    join(['format(', e, ')']),
    join(['attr("', key, '")']),
    join(['indent(', fc.constantFrom('2, true', '"> "', 'blank=true', 'first=true, width=1'), ')']),
    filterName,
  )
}

/** A call of a method with arguments. */
function methodCall(e: Text): Text {
  return fc.oneof(
    join([plainMethod, '()']),
    join([textMethod, '(', fc.oneof(textLiteral, e), ')']),
    join(['replace(', textLiteral, ', ', textLiteral, fc.constantFrom('', ', 1', ', 0', ', -1'), ')']),
    join([
      fc.constantFrom('split', 'rsplit'),
      '(',
      fc.oneof(textLiteral, fc.constant('none')),
      ', ',
      smallInteger,
      ')',
    ]),
    join([fc.constantFrom('ljust', 'rjust', 'center', 'zfill'), '(', smallInteger, ')']),
    join([
      fc.constantFrom('find', 'rfind', 'count', 'startswith', 'endswith', 'index'),
      '(',
      textLiteral,
      ', ',
      smallInteger,
      fc.constantFrom('', ', 2', ', -1'),
      ')',
    ]),
    join([
      'get(',
      fc.oneof(
        textLiteral,
        key.map((name) => `"${name}"`),
      ),
      fc.constantFrom('', ', 1', ', none'),
      ')',
    ]),
    join(['splitlines(', fc.constantFrom('true', 'keepends=true', 'false'), ')']),
  )
}

/** Formats of Python. */
function formatted(e: Text): Text {
  const braces = fc.constantFrom('{}', '{} {}', '{0} {0}', '{x}', '{!r}', '{0[0]}', '{:>{}}', '{{}}')
  return fc.oneof(
    join([
      fc.array(directive, { minLength: 1, maxLength: 2 }).map((all) => JSON.stringify(all.join(' '))),
      ' % ',
      fc.oneof(e, join(['(', e, ',)']), join(['(', e, ', ', e, ')'])),
    ]),
    join(['"{:', formatSpec, '}".format(', e, ')']),
    join([braces.map((text) => `"${text}"`), '.format(', e, ', ', e, fc.constantFrom('', ', x=1'), ')']),
    join(['"%(a)s" % {"a": ', e, '}']),
  )
}

/** A parenthesized expression with parts, up to a depth. */
export function expression(depth: number): Text {
  if (depth === 0) return atom
  const e = expression(depth - 1)
  const group = e.map((inner) => `(${inner})`)
  const slice = fc
    .tuple(...[0, 1, 2].map(() => fc.oneof(fc.constant(''), smallInteger)))
    .map((bounds) => bounds.join(':'))
  return fc.oneof(
    { weight: 4, arbitrary: atom },
    { weight: 4, arbitrary: join([e, ' ', operator, ' ', e]) },
    { weight: 1, arbitrary: join([group, ' ** ', fc.constantFrom('2', '0', '-1', '3', '0.5')]) },
    { weight: 1, arbitrary: join([group, ' * ', smallInteger]) },
    { weight: 6, arbitrary: join([fc.oneof(group, atom), ' | ', filterCall(e)]) },
    {
      weight: 2,
      arbitrary: join([
        fc.oneof(group, atom),
        ' | ',
        filterCall(e),
        ' | ',
        fc.constantFrom('list', 'string', 'length', 'tojson', 'first'),
      ]),
    },
    { weight: 2, arbitrary: join([group, ' is ', fc.constantFrom('', 'not '), testName]) },
    { weight: 2, arbitrary: join([group, ' is ', testWithArgument.filter((name) => !/[=>]/.test(name)), '(', e, ')']) },
    { weight: 5, arbitrary: join([fc.oneof(group, textLiteral, variable), '.', methodCall(e)]) },
    { weight: 2, arbitrary: join([fc.oneof(group, variable), '.', key]) },
    { weight: 2, arbitrary: join([fc.oneof(group, variable), '[', fc.oneof(smallInteger, textLiteral, e), ']']) },
    { weight: 2, arbitrary: join([fc.oneof(group, variable), '[', slice, ']']) },
    { weight: 2, arbitrary: join(['[', e, ', ', e, ']']) },
    { weight: 1, arbitrary: join(['(', e, ', ', e, ')']) },
    { weight: 2, arbitrary: join(['{', textLiteral, ': ', e, ', ', fc.oneof(textLiteral, number), ': ', e, '}']) },
    { weight: 1, arbitrary: join([e, ' if ', e, fc.constantFrom('', ' else "no"')]) },
    { weight: 1, arbitrary: join([fc.constantFrom('not ', '-', '+'), group]) },
    {
      weight: 1,
      arbitrary: join([e, fc.constantFrom(' < ', ' == ', ' <= '), e, fc.constantFrom(' < ', ' != ', ' in '), e]),
    },
    { weight: 1, arbitrary: join(['range(', smallInteger, fc.constantFrom('', ', 5', ', 0, -1', ', 9, 3'), ')']) },
    { weight: 1, arbitrary: join(['dict(a=', e, ')']) },
    { weight: 3, arbitrary: formatted(e) },
    { weight: 1, arbitrary: join(['m(', e, fc.constantFrom('', ', 1', ', y=2', ', z=3'), ')']) },
  )
}
