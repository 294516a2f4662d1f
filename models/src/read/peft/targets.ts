import type { TargetRule } from './config.js'

/** PEFT excludes the output layer from "all-linear". */
const outputLayer = 'lm_head'

/**
 * Returns whether an adapter changes a linear layer ("model.layers.0.self_attn.q_proj"), by the
 * rules of peft.
 */
export function isTargeted(rule: TargetRule, module: string): boolean {
  if (isNamed(rule.excluded, module)) return false
  if (rule.modules === 'all-linear') return module !== outputLayer
  if (rule.modules instanceof RegExp) return rule.modules.test(module)
  // A full name matches regardless of layers_to_transform.
  return rule.modules.includes(module) || (isNamed(rule.modules, module) && isInLayers(rule, module))
}

function isNamed(names: readonly string[] | RegExp, module: string): boolean {
  if (names instanceof RegExp) return names.test(module)
  return names.some((name) => module === name || module.endsWith(`.${name}`))
}

function isInLayers({ layers, layerLists }: TargetRule, module: string): boolean {
  if (layers.length === 0) return true
  const rules = layerLists.length === 0 ? [/^.*?\.[^.]*\.(?<idx>\d+)\./] : layerLists
  const index = rules.map((rule) => rule.exec(module)?.groups?.idx).find((found) => found !== undefined)
  return index !== undefined && layers.includes(Number(index))
}
