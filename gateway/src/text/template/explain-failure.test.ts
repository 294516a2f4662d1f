import { expect, it } from 'vitest'
import { TextError } from '../tokenizer/text-error.js'
import { createChatTemplate } from './chat-template.js'
import { explainFailure, isTooMuchWork } from './explain-failure.js'

function errorOf(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}

const endless = (): unknown => [endless()]

it.each([
  [endless, 'it is nested too deeply, or calls itself without end'],
  [() => 'a'.repeat(2 ** 30), 'it makes a text that is too long'],
  [() => 'a'.repeat(-1), 'it makes a text that is too long'],
  [() => new Array(-1), 'it makes a list that is too long'],
  [() => 2n ** (2n ** 40n), 'it makes an integer that is too large'],
  [() => (1).toFixed(1000), 'toFixed() digits argument must be between 0 and 100'],
])('says which limit of JavaScript was exceeded: %s', (run, words) => {
  expect(explainFailure(errorOf(run))).toMatchObject({
    code: 'invalid_messages',
    message: `the model's chat template failed on these messages: ${words}`,
  })
})

it('says that a template takes too much work, and what to do', () => {
  const template = createChatTemplate(
    '{% if messages[0].content | length > 9 %}{% for i in range(99999) %}{% endfor %}{% endif %}',
    {},
  )
  const render = (content: string) =>
    template([{ role: 'user', content }], { addGenerationPrompt: true, maxWork: 9_000 })
  expect(render('short')).toBe('')
  const error = errorOf(() => render('a long message'))
  expect(error).toEqual(
    new TextError(
      'invalid_messages',
      "the model's chat template takes too long for these messages: it takes more than 9000 units of work. " +
        'Send fewer or shorter messages',
    ),
  )
  expect(isTooMuchWork(error)).toBe(true)
  expect(isTooMuchWork(new TextError('invalid_messages', 'other'))).toBe(false)
})
