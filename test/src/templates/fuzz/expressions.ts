import fc from 'fast-check'
import { key, number, smallInteger, testWithArgument, textLiteral, variable } from './atoms.js'
import { filterCall, formatted, methodCall } from './calls.js'
import { join, type Text } from './join.js'

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
