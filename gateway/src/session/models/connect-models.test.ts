import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startToyGateway } from '../../testing/toy-gateway.js'

const tokenizer = readFileSync(
  new URL('../../../../test/fixtures/tiny/llama-tied/tokenizer.json', import.meta.url),
  'utf8',
)
/** Exchanges the ids of two tokens. */
const otherTokenizer = tokenizer.replace('"ding": 370', '"ding": 371').replace('"jÃł": 371', '"jÃł": 370')

test('limits ids to the smallest vocabulary, and warns of different templates and end tokens', async () => {
  const gateway = await startToyGateway({
    prepare: ({ sft }) => {
      Object.assign(sft.model, { vocabularySize: 500, chatTemplateFingerprint: 'other', eosTokenIds: [2, 3] })
    },
  })
  expect(gateway.pair.vocabularyLimit).toBe(500)
  expect(gateway.pair.eosTokenIds).toEqual([2])
  expect(gateway.pair.warnings).toEqual([
    "the SFT model has a different chat template: the DPO model's is used",
    "the models have different end tokens (DPO: 2; SFT: 2, 3): the DPO model's is used",
    'the vocabularies are padded to different sizes (DPO: 512; SFT: 500): ids above the smallest size are masked',
  ])
  const body = { model: 'toy', prompt: [4, 5], max_tokens: 30, ignore_eos: true, return_token_ids: true }
  const answer = (await (await gateway.post('/v1/completions', body)).json()) as { choices: { token_ids: number[] }[] }
  expect(Math.max(...(answer.choices[0]?.token_ids ?? [512]))).toBeLessThan(500)
  gateway.stop()
})

test('refuses a different tokenizer and names the first difference', async () => {
  const start = startToyGateway({
    prepare: ({ sft }) => {
      Object.assign(sft.model, { tokenizerFingerprint: 'other' })
      sft.textFiles.set('tokenizer.json', otherTokenizer)
    },
  })
  await expect(start).rejects.toThrow(/so they cannot decode together: id 370 is the token "ding" in the first.*"jÃł"/)
})

test('checks additional models too and names them', async () => {
  const gateway = await startToyGateway({
    prepare: ({ others: { amateur } }) => {
      Object.assign(amateur?.model ?? {}, { vocabularySize: 450, contextLength: 40, tokenizerFingerprint: 'other' })
    },
    otherNames: ['amateur'],
  })
  expect([...gateway.pair.models.keys()]).toEqual(['dpo', 'sft', 'amateur'])
  expect([gateway.pair.vocabularyLimit, gateway.pair.contextLength]).toEqual([450, 40])
  expect(gateway.pair.warnings).toEqual([
    'the vocabularies are padded to different sizes (DPO: 512; SFT: 512; amateur: 450): ids above the smallest size are masked',
  ])
  gateway.stop()
  const start = startToyGateway({
    prepare: ({ others: { amateur } }) => {
      Object.assign(amateur?.model ?? {}, { tokenizerFingerprint: 'other' })
      amateur?.textFiles.set('tokenizer.json', otherTokenizer)
    },
    templateFrom: 'sft',
    otherNames: ['amateur'],
  })
  await expect(start).rejects.toThrow(
    /^the tokenizers of the SFT and the amateur model differ, so they cannot decode together: id 370 is .*ding.*jÃł/,
  )
})

test('uses template and end tokens of the SFT model if configured', async () => {
  const gateway = await startToyGateway({
    prepare: ({ sft }) => {
      Object.assign(sft.model, { eosTokenIds: [3] })
      sft.textFiles.set('chat_template.jinja', '{{ messages[0].content }}')
    },
    templateFrom: 'sft',
  })
  expect(gateway.pair.eosTokenIds).toEqual([3])
  expect(gateway.pair.text.renderConversation([{ role: 'user', content: 'hi' }], { addGenerationPrompt: true })).toBe(
    'hi',
  )
  gateway.stop()
})

test('refuses an unusable text file and names the model and the reason', async () => {
  const start = startToyGateway({
    prepare: ({ dpo }) => {
      dpo.textFiles.set('tokenizer_config.json', '{')
    },
  })
  await expect(start).rejects.toThrow(
    "the DPO model's text: tokenizer_config.json is not JSON. Build the model folder again.",
  )
})

test('refuses a template that cannot be rendered, and says what is wrong in it', async () => {
  const start = (template: string) =>
    startToyGateway({ prepare: ({ dpo }) => void dpo.textFiles.set('chat_template.jinja', template) })
  await expect(start('{{ messages | random }}')).rejects.toThrow(
    "the DPO model's text: the model's chat template is invalid: the filter random is not supported",
  )
  await expect(start('{{ messages.nope() }}')).rejects.toThrow(
    "the DPO model's text: the model's chat template cannot be used. With a short conversation: ",
  )
})

test('warns of a template that refuses a single user message in its own words', async () => {
  const gateway = await startToyGateway({
    prepare: ({ dpo }) => {
      dpo.textFiles.set('chat_template.jinja', '{{ raise_exception("needs a tool") }}')
    },
  })
  expect(gateway.pair.warnings).toEqual([
    "the chat template cannot render a single user message: the model's chat template refuses these messages: needs a tool",
  ])
  gateway.stop()
})

test('does not blame the messages for a feature that only some of them use', async () => {
  const gateway = await startToyGateway({
    prepare: ({ dpo }) => {
      dpo.textFiles.set('chat_template.jinja', '{{ range if messages[0].content == "all" else "ok" }}')
    },
  })
  const response = await gateway.post('/v1/chat/completions', {
    model: 'toy',
    messages: [{ role: 'user', content: 'all' }],
  })
  expect([response.status, await response.json()]).toEqual([
    500,
    {
      error: {
        message:
          "the model's chat template failed; the gateway's log has the details under this request id. Send the prompt as text to /v1/completions",
        type: 'server_error',
        param: null,
        code: 'chat_template_failed',
      },
    },
  ])
  gateway.stop()
})
