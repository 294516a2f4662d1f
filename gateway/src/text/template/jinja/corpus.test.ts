import { describe, expect, it } from 'vitest'
import { readFixture } from '../../testing/fixtures.js'
import { compileTemplate, TemplateError, TemplateSyntaxError, UnsupportedTemplateError } from './index.js'

type Case = { readonly template: string; readonly text?: string; readonly error?: string }

const corpus = readFixture('templates', 'corpus.json') as Readonly<Record<string, readonly Case[]>>
const variables = readFixture('templates', 'variables.json') as Readonly<Record<string, unknown>>
const render = (template: string) =>
  compileTemplate(template, { formatNow: (format) => format.replaceAll('%%', '%') })(variables)

/** What Jinja2 renders and this engine refuses, before anything is rendered. */
const unsupported = /striptags|wordwrap|autoescape|\\N\{|encode\(\)/

describe.each(Object.entries(corpus))('templates of %s', (_, cases) => {
  const rendered = cases.filter(({ text, template }) => text !== undefined && !unsupported.test(template))
  it.each(rendered)('renders $template', ({ template, text }) => {
    expect(render(template)).toBe(text)
  })

  const refused = cases.filter(({ error }) => error !== undefined)
  it.runIf(refused.length > 0).each(refused)('refuses $template', ({ template }) => {
    const kinds = [TemplateError, TemplateSyntaxError, UnsupportedTemplateError]
    expect(() => render(template)).toThrow(expect.toSatisfy((error) => kinds.some((kind) => error instanceof kind)))
  })
})

it('refuses features that it does not have when it compiles', () => {
  const cases = Object.values(corpus)
    .flat()
    .filter(({ template, text }) => text !== undefined && unsupported.test(template))
  expect(cases.length).toBeGreaterThan(4)
  for (const { template } of cases)
    expect(() => compileTemplate(template, { formatNow: String })).toThrow(UnsupportedTemplateError)
})

describe('hostile templates', () => {
  const endless = {
    'a macro that calls itself': '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}',
    'loops of loops': '{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}',
    'a long text': "{{ 'a' * 1000000000000 }}",
    'a long list': '{{ [0] * 1000000000000 }}',
    'a large integer': '{{ 9 ** (9 ** 9) }}',
    'a wide format': "{{ '%99999999999d' % 1 }}",
    'a wide field': "{{ '{:>99999999999}'.format(1) }}",
    'many digits': "{{ '%.16000000f' % 1 }}",
    'many groups': "{{ '{:016000000,}'.format(1) }}",
    'an integer of many digits': "{{ '{:d}'.format(7 ** 300000) }}",
    'brackets in a field': `{{ '{${'['.repeat(2_000)}]{}}'.format(1) }}`,
    'a text that doubles':
      "{% set ns = namespace(t='aaaaaaaa') %}{% for i in range(99) %}{% set ns.t = ns.t + ns.t %}{% endfor %}",
    'a text that grows by replacing': "{{ ('a' * 100000) | replace('a', 'b' * 5000) | length }}",
    'a joined text': "{{ ([1] * 1000000) | join('a' * 1000000) | length }}",
    'a text of fields': "{% set b = 'a' * 1000000 %}{{ ('{0}' * 500).format(b) | length }}",
    'a text of directives': "{% set b = 'a' * 1000000 %}{% set f = '%(x)s' * 500 %}{{ (f % {'x': b}) | length }}",
    'a printed list': "{{ (['a' * 1000000] * 1000000) | string | length }}",
    'JSON of a list': "{{ (['a' * 1000000] * 1000000) | tojson | length }}",
    'many slices': '{{ [1] | slice(1000000000) | list | length }}',
    'lists that double':
      '{% set ns = namespace(x=[]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}',
    'much output': "{% for i in range(99999) %}{{ 'a' * 9999 }}{% endfor %}",
    'deep nesting': `{{ ${'('.repeat(50_000)}1${')'.repeat(50_000)} }}`,
    'unclosed tags': '{{'.repeat(50_000),
    'spaces before a tag': `${' '.repeat(200_000)}x{%- if %}`,
  }
  it.each(Object.entries(endless))('ends with an error: %s', (_, template) => {
    expect(() => render(template)).toThrow()
  })

  it.each(['__class__', '__init__', 'constructor', '__proto__', 'toString'])(
    'reads no attribute of JavaScript: %s',
    (name) => {
      for (const value of ["''", '[]', '{}', '1', 'none', 'range', 'namespace()', 'joiner()', 'messages', '()'])
        expect(render(`{{ (${value}).${name} is undefined }}{{ (${value})['${name}'] is undefined }}`)).toBe('TrueTrue')
    },
  )
})
