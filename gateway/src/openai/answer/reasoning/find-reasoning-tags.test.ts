import { expect, test } from 'vitest'
import { readText } from '../../../text/testing/fixtures.js'
import { findReasoningTags } from './find-reasoning-tags.js'

const think = { open: '<think>', close: '</think>' }
const plain = '{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}'
const seed = '{% if m.reasoning_content is defined %}<seed:think>{{ m.reasoning_content }}</seed:think>{% endif %}'

test.each([
  ['a template without reasoning', plain, null],
  ['one that begins with the tag', `${plain}{% if add_generation_prompt %}assistant: <think>\n{% endif %}`, think],
  [
    'one that writes the reasoning of earlier answers',
    '{% for m in messages %}{% if m.reasoning_content %}<think>{{ m.reasoning_content }}</think>{% endif %}{{ m.content }}{% endfor %}',
    think,
  ],
  [
    'one that marks earlier answers as answers without reasoning',
    "{% for m in messages %}{% if m.role == 'assistant' %}<think></think>{% endif %}{{ m.content }}{% endfor %}",
    think,
  ],
  [
    'one that removes it',
    "{% for m in messages %}{% if '</think>' in m.content %}{{ m.content.split('</think>')[-1] }}{% else %}{{ m.content }}{% endif %}{% endfor %}",
    think,
  ],
  [
    'one that keeps it in the last answer only',
    "{% for m in messages %}{% if '</think>' in m.content and loop.index0 < 2 %}{{ m.content.split('</think>')[-1] }}{% else %}{{ m.content }}{% endif %}{% endfor %}",
    think,
  ],
  [
    'one with other tags',
    `{% for m in messages %}${seed}{{ m.content }}{% endfor %}`,
    { open: '<seed:think>', close: '</seed:think>' },
  ],
  ['one that writes only the first message', '{{ messages[0].content }}', null],
  ['one that refuses every conversation', "{{ raise_exception('no') }}", null],
])('%s', (_, template, tags) => {
  expect(findReasoningTags(readText('tiny/llama-tied', template))).toEqual(tags)
})

test('a template that thinks only if the request says so has tags only then', () => {
  const text = readText('tiny/llama-tied', `${plain}{% if enable_thinking %}<think>{% endif %}`)
  for (let round = 0; round < 2; round++) {
    expect(findReasoningTags(text, { enable_thinking: true })).toEqual(think)
    expect(findReasoningTags(text, { enable_thinking: false })).toBeNull()
    expect(findReasoningTags(text)).toBeNull()
  }
})

test('many settings are no problem', () => {
  const text = readText('tiny/llama-tied', `${plain}{% if level == 'high' %}<think>{% endif %}`)
  for (let i = 0; i < 200; i++) expect(findReasoningTags(text, { level: `${i}` })).toBeNull()
  expect(findReasoningTags(text, { level: 'high' })).toEqual(think)
})
