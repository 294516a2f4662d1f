import { basename } from 'node:path'
import { compareAdapterTexts } from '@tandem/models'
import type { Output } from '../progress.js'

/**
 * Checks an adapter's own tokenizer and chat template against those of the SFT model, before
 * anything is built. Warns if only the templates differ.
 * @param where the two models in messages: `--sft path`
 * @returns whether the templates differ
 * @throws Error with the first token that differs
 */
export async function checkAdapterTexts(
  source: string,
  adapter: string,
  where: { readonly sft: string; readonly dpo: string },
  output: Output,
): Promise<boolean> {
  const { tokens, template } = await compareAdapterTexts(source, adapter)
  if (tokens !== null)
    throw new Error(
      `${where.dpo} has its own tokenizer, which differs from that of its base ${where.sft}: ${tokens}. ` +
        'The models of a pair decode token by token, so both need the same tokens. ' +
        'Give the SFT model with the tokenizer that the adapter was trained with, ' +
        'or remove the tokenizer files from the folder of the adapter if its training did not use them',
    )
  if (template)
    output.write(
      `Warning: ${basename(adapter)} has its own chat template, which differs from that of ${source}: ` +
        'the DPO model uses its own.\n',
    )
  return template
}
