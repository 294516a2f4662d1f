/** What to do with an adapter that cannot be applied. */
export const mergeAdvice =
  'Merge it into its base with peft (merge_and_unload), save both model and tokenizer (save_pretrained), ' +
  'and give that folder as a full model'
