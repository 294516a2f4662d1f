import { titleOf } from '@tandem/process'
import type { GetModelResponse__Output } from '@tandem/proto'

type Infos = ReadonlyMap<string, GetModelResponse__Output>

/**
 * Describes the differences between models that do not prevent decoding.
 * @param templateFrom the model whose chat template and end tokens are used
 */
export function findWarnings(infos: Infos, templateFrom: string): string[] {
  const used = `the ${titleOf(templateFrom)} model's is used`
  const template = infos.get(templateFrom)?.chatTemplateFingerprint
  const others = [...infos].filter(([, info]) => info.chatTemplateFingerprint !== template).map(([name]) => name)
  const ends = listDifferent(infos, ({ eosTokenIds }) => [...eosTokenIds].sort((a, b) => a - b).join(', '))
  const sizes = listDifferent(infos, ({ vocabularySize }) => String(vocabularySize))
  return [
    ...others.map((name) => `the ${titleOf(name)} model has a different chat template: ${used}`),
    ...(ends === null ? [] : [`the models have different end tokens (${ends}): ${used}`]),
    ...(sizes === null
      ? []
      : [`the vocabularies are padded to different sizes (${sizes}): ids above the smallest size are masked`]),
  ]
}

/** Lists each model's value; null if all are the same. */
function listDifferent(infos: Infos, describe: (info: GetModelResponse__Output) => string): string | null {
  const values = [...infos].map(([name, info]) => [titleOf(name), describe(info)] as const)
  if (new Set(values.map(([, value]) => value)).size === 1) return null
  return values.map(([title, value]) => `${title}: ${value}`).join('; ')
}
