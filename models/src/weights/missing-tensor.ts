import type { WeightSource } from '../source.js'
import { embeddingName, headName } from './tied-head.js'

/** Creates the error for a tensor that the graph needs and the checkpoint lacks. */
export function missingTensor(source: WeightSource, name: string): Error {
  const unreadable = source.unreadable.get(name)
  if (unreadable !== undefined) return new Error(unreadable)
  return new Error(`the checkpoint has no tensor ${name}, which its config.json requires${explain(source, name)}`)
}

function explain(source: WeightSource, name: string): string {
  const names = [...source.tensors.keys()]
  if (names.length > 0 && !names.some((one) => /^model\.(layers\.0|embed_tokens)\./.test(one)))
    return explainNames(names)
  if (name === headName && source.tensors.has(embeddingName))
    return (
      '. It was saved without its output layer (AutoModel), and its embedding is not tied to one ' +
      '(tie_word_embeddings). Save the language model: AutoModelForCausalLM.from_pretrained(...).save_pretrained(...)'
    )
  return ''
}

/** Explains names of another program or of another architecture. */
function explainNames(names: readonly string[]): string {
  const example = names.find((name) => /\.\d+\./.test(name)) ?? names[0]
  const wrapper = names.find((name) => wrapped.test(name))
  const found = `. Its tensors have other names: found "${wrapper ?? example}", expected "model.layers.0..." or "layers.0..."`
  if (wrapper !== undefined)
    return `${found}. It was saved from inside a wrapper: unwrap the model and save it again with save_pretrained(...)`
  return (
    `${found}. They are those of another architecture than model_type says, or of another program: ` +
    'save the checkpoint with transformers, AutoModelForCausalLM.from_pretrained(...).save_pretrained(...), ' +
    'and give the folder that it writes'
  )
}

/** Names that torch, DeepSpeed, PEFT and trainers add in front of those of the model. */
const wrapped = /^(module|_orig_mod|_fsdp_wrapped_module|base_model|policy|pretrained_model|actor)\./
