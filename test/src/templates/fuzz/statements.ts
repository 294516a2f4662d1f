import fc from 'fast-check'
import { assignable, variable } from './atoms.js'
import { expression } from './expressions.js'
import { join, type Text } from './join.js'

const open: Text = fc.constantFrom('{% ', '{% ', '{%- ', '{%+ ')
const close: Text = fc.constantFrom(' %}', ' %}', ' -%}', ' +%}')
const tag = (...parts: readonly (string | Text)[]) => join([open, ...parts, close])
const plain: Text = fc.constantFrom(
  '',
  ' ',
  '\n',
  '  \n',
  'a',
  ' b\n',
  '\n\n',
  '\tc',
  '|',
  '\n  ',
  ' }} ',
  '{ ',
  '{{ "{%" }}',
)
const e = fc.oneof({ weight: 4, arbitrary: expression(1) }, { weight: 1, arbitrary: expression(2) })
const output: Text = join([fc.constantFrom('{{ ', '{{- ', '{{'), e, fc.constantFrom(' }}', ' -}}', '}}')])

const loopTarget = fc.constantFrom('x', 'y', 'x, y', 'word', 'n')
const iterated: Text = fc.oneof(
  fc.constantFrom(
    'messages',
    'items',
    'names',
    'range(3)',
    '[1, 2]',
    '"ab"',
    'user',
    'user.items()',
    'missing',
    '[(1, 2), (3, 4)]',
    '[]',
  ),
  expression(1),
)

/** Statements up to a depth. `inLoop`: break and continue are allowed. */
function statement(depth: number, inLoop: boolean): Text {
  const simple: Text = fc.oneof(
    { weight: 5, arbitrary: output },
    { weight: 4, arbitrary: plain },
    { weight: 2, arbitrary: tag('set ', assignable, ' = ', e) },
    { weight: 1, arbitrary: tag('set ns.a = ', e) },
    { weight: 1, arbitrary: tag('set x, y = ', fc.constantFrom('1, 2', '[1, 2]', '"ab"', '(2, 3)')) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '{# c #}',
        '{#- c -#}',
        '{% raw %} {{ x }} {% endraw %}',
        '{%- raw -%} y {%- endraw %}',
        '{# c #}\n',
      ),
    },
    ...(inLoop
      ? [
          {
            weight: 1,
            arbitrary: tag('if ', e).chain((start) =>
              fc.constantFrom('break', 'continue').map((jump) => `${start}{% ${jump} %}{% endif %}`),
            ),
          },
        ]
      : []),
  )
  return depth === 0
    ? simple
    : fc.oneof({ weight: 3, arbitrary: simple }, { weight: 2, arbitrary: nested(depth, inLoop) })
}

function body(depth: number, inLoop: boolean): Text {
  return fc.array(statement(depth - 1, inLoop), { minLength: 1, maxLength: 2 }).map((all) => all.join(''))
}

function nested(depth: number, inLoop: boolean): Text {
  const inner = body(depth, inLoop)
  const alone = body(depth, false)
  return fc.oneof(
    {
      weight: 3,
      arbitrary: join([
        tag('if ', e),
        inner,
        fc.oneof(fc.constant(''), join([tag('elif ', e), inner]), join([tag('else'), inner])),
        tag('endif'),
      ]),
    },
    {
      weight: 4,
      arbitrary: join([
        tag(
          'for ',
          loopTarget,
          ' in ',
          iterated,
          fc.oneof(
            fc.constant(''),
            expression(1).map((test) => ` if ${test}`),
          ),
        ),
        body(depth, true),
        fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight: 1, arbitrary: join([tag('else'), inner]) }),
        tag('endfor'),
      ]),
    },
    {
      weight: 1,
      arbitrary: join([tag('set ', assignable, fc.constantFrom('', ' | upper', ' | trim')), inner, tag('endset')]),
    },
    {
      weight: 1,
      arbitrary: join([
        tag('with ', fc.constantFrom('x = 1', 'x = word, y = x', 'n = items', '')),
        inner,
        tag('endwith'),
      ]),
    },
    {
      weight: 1,
      arbitrary: join([
        tag('filter ', fc.constantFrom('upper', 'trim', 'indent(2)', 'replace("a", "b")', 'length')),
        inner,
        tag('endfilter'),
      ]),
    },
    { weight: 1, arbitrary: join([tag('generation'), alone, tag('endgeneration')]) },
    {
      weight: 1,
      arbitrary: join([
        tag('macro ', fc.constantFrom('m(x)', 'm(x, y=1)', 'm(x=word)', 'm()', 'm(a, b=a)')),
        alone,
        fc.constantFrom('', '{{ varargs }}', '{{ kwargs }}', '{{ caller() if caller }}'),
        tag('endmacro'),
        '{{ m(',
        variable,
        ') }}',
      ]),
    },
    {
      weight: 1,
      arbitrary: join([
        '{% macro k(x) %}[{{ caller(x) }}]{% endmacro %}',
        tag('call(y) k(', variable, ')'),
        alone,
        tag('endcall'),
      ]),
    },
  )
}

/** A template: `m` is a macro and `ns` a namespace in every one. */
export const template: Text = join([
  '{% set ns = namespace(a=1) %}{% macro m(x, y="d") %}<{{ x }}{{ y }}>{% endmacro %}',
  fc.array(statement(1, false), { minLength: 1, maxLength: 2 }).map((all) => all.join('')),
])
