import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { adapterTextNames, readTextFiles } from '../checkpoint-texts.js'

/**
 * Reads an adapter's own tokenizer and chat template, which trl and unsloth save next to it. Its
 * config.json is not read: peft uses that of the base.
 * @throws Error with a tokenizer of another format, or a file that cannot be read
 */
export async function readAdapterTexts(folder: string) {
  const root = resolve(folder)
  refuseOtherAdapterTokenizers(root, new Set(await readdir(root)))
  return await readTextFiles(root, adapterTextNames)
}

/**
 * Refuses an adapter whose own tokenizer is only in another format.
 * @param root the adapter in messages
 */
export function refuseOtherAdapterTokenizers(root: string, names: ReadonlySet<string>): void {
  const other = names.has('tokenizer.json')
    ? undefined
    : ['tokenizer.model', 'spiece.model', 'vocab.json', 'tekken.json'].find((name) => names.has(name))
  if (other !== undefined)
    throw new Error(
      `${root} has its own tokenizer as ${other} and no tokenizer.json: save one there with transformers ` +
        '(AutoTokenizer.from_pretrained(...).save_pretrained(...)), ' +
        `or remove ${other} to use the tokenizer of the base`,
    )
}
