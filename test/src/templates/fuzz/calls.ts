import fc from 'fast-check'
import { directive, formatSpec, key, smallInteger, testWithArgument, textLiteral } from './atoms.js'
import { join, type Text } from './join.js'

/** Filters, methods and formats with their arguments. */

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

/** A filter with arguments. `e` is any expression. */
export function filterCall(e: Text): Text {
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
export function methodCall(e: Text): Text {
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
export function formatted(e: Text): Text {
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
