import { describe, expect, it } from 'vitest'
import { compileTemplate, WorkLimitError } from './index.js'

/** A hundredth of the usual limit, so that the test is fast. */
const work = 10_000_000
const variables = { t: 'aB é<🙂\n'.repeat(500), words: 'ab cd '.repeat(700), message: { role: 'user', content: 'x' } }
const render = (template: string) => compileTemplate(template, { formatNow: String })(variables, work)
const forever = (body: string) =>
  `{% for i in range(99999) %}{% for j in range(99999) %}${body}{% endfor %}{% endfor %}`

/** An expression that is computed again and again, after a statement that runs once. */
const expressions: Readonly<Record<string, readonly [expression: string, before?: string]>> = {
  'slices of a text': ['t[::-1] ~ t[1:]'],
  'characters of a text': ['t[-1] ~ t[900] ~ t | first ~ t | last'],
  'a long search': ['p in q or q.rfind(p) > 0 or q.split(p)', "{% set p = 'a' * 999 ~ 'b' %}{% set q = 'a' * 99999 %}"],
  'a long replacement': ["q | replace(p, 'x')", "{% set p = 'a' * 500 ~ 'b' ~ 'a' * 500 %}{% set q = 'a' * 99999 %}"],
  'many edges of a text': ['t.startswith(edges)', "{% set edges = ('x',) * 999 %}"],
  'edges to strip': ['q | trim(u)', "{% set q = 'ab' * 9999 %}{% set u = 'cdefab' * 999 %}"],
  'a sum of lists': ['l | sum(start=[])', '{% set l = [[1] * 9] * 99 %}'],
  'a sum of tuples': ['l | sum(start=())', '{% set l = [(1,) * 9] * 99 %}'],
  'a sum of numbers': ['range(999) | sum'],
  sorting: ['l | sort', '{% set l = range(999) | list | reverse | list %}'],
  'sorting by long texts': ['l | sort', "{% set l = ['a' * 9999] * 99 %}"],
  'sorting by attributes': ["l | sort(attribute='a.b')", "{% set l = [{'a': {'b': 'x'}}] * 999 %}"],
  groups: ["l | groupby('a')", "{% set l = [{'a': 'x' * 99}] * 99 %}"],
  'unique texts': ['l | unique | list', "{% set l = ['a' * 9999] * 99 %}"],
  'keys that are tuples': ['{key: 1}[key]', "{% set key = ('a' * 999, ('b' * 999,)) %}"],
  'equal lists': ['l == m', "{% set l = [['a']] * 999 %}{% set m = [['a']] * 999 + [] %}"],
  'ordered lists': ['l < m', "{% set l = [['a']] * 999 %}{% set m = [['a']] * 999 + [] %}"],
  'equal dicts': [
    'd == e',
    '{% set d = dict(range(99) | batch(2) | list | reject("eq", [98])) %}{% set e = dict(d) %}',
  ],
  'items in a list': ['-1 in l', '{% set l = range(999) | list %}'],
  'items of a dict': ['-1 in d.values() or d | dictsort', '{% set d = dict([[1, 2], [3, 4]]) %}'],
  'a path of attributes': [
    `l | map(attribute='${'0.'.repeat(50)}0') | list`,
    `{% set l = [${'['.repeat(60)}1${']'.repeat(60)}] %}`,
  ],
  'formats with many fields': ['f.format(1)', "{% set f = '{0}' * 99 %}"],
  'formats with many directives': ["f % {'a': 1}", "{% set f = '%(a)s' * 99 %}"],
  'digits of a float': ["'%.4300f' % 1e-300"],
  'digits of an integer': ["'{:,}'.format(n) ~ n", '{% set n = 10 ** 4000 %}'],
  'groups of digits': ["'{:04300,}'.format(1)"],
  powers: ['7 ** 5000'],
  products: ['n * n // 3 % 7', '{% set n = 7 ** 2500 %}'],
  'reading integers': ['(d | int, d[:2000] | int(0, 16))', "{% set d = '9' * 4300 %}"],
  'reading floats': ['d | float', "{% set d = '1' * 99999 ~ 'x' %}"],
  rounding: ['n | round(-4000)', '{% set n = 1 %}'],
  'JSON of a list': ['l | tojson(indent=4)', '{% set l = [[1, [2, {}]]] * 99 %}'],
  'JSON of a text': ['t | tojson ~ t | tojson(ensure_ascii=true)'],
  'printed values': ['[t, [1.5, none], {"a": t}] | string'],
  'upper and lower case': ['t.casefold() ~ t.title() ~ t.swapcase() ~ t | capitalize ~ t | title'],
  'classes of characters': ['t.isalpha() or t.isupper() or t.istitle() or t is lower'],
  'words and lines': ['words.split() + words.rsplit() + t.splitlines()'],
  'other texts': ['t | urlencode ~ t | e ~ t | wordcount ~ t.translate({97: none}) ~ t.expandtabs() ~ t | indent'],
  batches: ['l | batch(500) | list', '{% set l = range(999) | list %}'],
  slices: ['[] | slice(999) | list'],
  'spread arguments': ['m(*l)', '{% macro m() %}{{ varargs | length }}{% endmacro %}{% set l = [1] * 999 %}'],
  'a long format of time': ['strftime_now(f)', "{% set f = '%c' * 999 %}"],
  'a range': ['range(9999) | last'],
  'a long expression': [Array(200).fill('0').join(' or ')],
  'an attribute that is missing': ['message.x is undefined'],
}

const doubled = (start: string, step: string) =>
  `{% set ns = namespace(x=${start}, y=${start}) %}{% for i in range(40) %}{% set ns.x = ${step.replaceAll('$', 'ns.x')} %}{% set ns.y = ${step.replaceAll('$', 'ns.y')} %}{% endfor %}`
const names = Array.from({ length: 500 }, (_, index) => `a${index}`)

const templates: Readonly<Record<string, string>> = {
  'loops of loops': forever(''),
  'a loop that selects nothing': '{% for i in range(99999) if i < 0 %}{% endfor %}'.repeat(9),
  'lists that double': `${doubled('[]', '[$, $]')}{{ ns.x }}`,
  'JSON of lists that double': `${doubled('[]', '[$, $]')}{{ ns.x | tojson }}`,
  'equal lists that double': `${doubled('[]', '[$, $]')}{{ ns.x == ns.y }}`,
  'ordered lists that double': `${doubled('[1]', '[$, $]')}{{ ns.x < ns.y }}`,
  'a list that grows':
    '{% set ns = namespace(x=[]) %}{% for i in range(99999) %}{% set ns.x = ns.x + [i] %}{% endfor %}',
  'a text that grows and is read':
    "{% set ns = namespace(x='') %}{% for i in range(99999) %}{% set ns.x = ns.x ~ words %}{{ ns.x | length }}{% endfor %}",
  'much text that is captured': forever(
    '{% set x %}{{ t }}{% endset %}{% filter upper %}{{ t }}{% endfilter %}',
  ).replaceAll('t }}', 't[:9] }}'),
  'macros with many parameters': `{% macro m(${names.join(', ')}) %}{% endmacro %}${forever('{{ m() }}')}`,
  'names that are not used': forever(`{% if false %}${names.map((name) => `{{ ${name} }}`).join('')}{% endif %}`),
  'loops that are nested': `${names
    .slice(0, 99)
    .map((name) => `{% for ${name} in [1] %}`)
    .join('')}${forever('{{ a0 }}')}${'{% endfor %}'.repeat(99)}`,
  'blocks in a loop': forever('{% block b scoped %}{% endblock %}'),
  'changes of a loop': '{% set l = [[1]] * 99 %}{% for i in range(99999) %}{{ loop.changed(l) }}{% endfor %}',
}

describe('hostile templates end when they took too much work', () => {
  it.each(Object.entries(expressions))('%s', (_, [expression, before = '']) => {
    expect(() => render(before + forever(`{% set y = ${expression} %}`))).toThrow(WorkLimitError)
    // It is valid: once, it is computed.
    expect(render(`${before}{% set y = ${expression} %}`)).toBe('')
  })

  it.each(Object.entries(templates))('%s', (_, template) => {
    expect(() => render(template)).toThrow(WorkLimitError)
  })
})

it('a conversation of 2,000 messages takes less than a tenth of the limit', () => {
  const template =
    "{% for m in messages %}<|{{ m.role }}|>{% if m.content is string and '</think>' in m.content %}" +
    "{{ m.content.split('</think>')[-1] | trim }}{% else %}{{ m.content | trim }}{% endif %}{{ m | tojson }}{% endfor %}"
  const messages = Array.from({ length: 2000 }, () => ({ role: 'user', content: 'word '.repeat(50) }))
  expect(compileTemplate(template, { formatNow: String })({ messages }, 100_000_000)).toHaveLength(1_076_000)
})
