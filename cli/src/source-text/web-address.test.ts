import { expect, it } from 'vitest'
import { assertNoWebAddress } from './web-address.js'

it.each([
  ['https://huggingface.co/org/repo', 'write hf:org/repo'],
  ['https://huggingface.co/org/repo/', 'write hf:org/repo'],
  ['huggingface.co/org/repo?library=transformers', 'write hf:org/repo'],
  ['http://hf.co/org/repo/tree/v1.0', 'write hf:org/repo@v1.0'],
  ['https://huggingface.co/org/repo/tree/refs%2Fpr%2F1', 'write hf:org/repo@refs/pr/1'],
  ['https://huggingface.co/org/repo/tree/main/folder', 'write hf:org/repo/folder@main'],
  ['https://huggingface.co/org/repo/blob/main/model-Q4_1.gguf', 'write hf:org/repo/model-Q4_1.gguf@main'],
  ['https://huggingface.co/datasets/org/repo', 'written hf:ORG/REPO'],
  ['https://huggingface.co/org/repo/tree/%', 'write hf:org/repo'],
  ['https://elsewhere.org/model.gguf', 'is a web address, not a source'],
])('refuses %s', (source, message) => {
  expect(() => assertNoWebAddress(source, `--sft ${source}`)).toThrow(`--sft ${source} is `)
  expect(() => assertNoWebAddress(source, source)).toThrow(new RegExp(`${message}$|${message};`))
})

it.each(['hf:org/repo', 'org/repo', './huggingface.co/org/repo', 'C:\\models', '/models/huggingface.co'])(
  'accepts %s',
  (source) => expect(() => assertNoWebAddress(source, source)).not.toThrow(),
)
