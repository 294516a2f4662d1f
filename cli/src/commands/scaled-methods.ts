import { scaleName } from '@tandem/evaluation'
import { assertAdapterScale } from '@tandem/models/folder'
import { describeMethod, type Method, parseMethods, validateMethod } from '../chat/method.js'

/** A method, and the scale at which the adapter of the DPO model is applied for it. */
export interface ScaledMethod {
  readonly method: Method
  /** A factor of the adapter's own scale; null: none is named. */
  readonly adapterScale: number | null
}

/** The spelling of the option, which is not that of a parameter. */
const optionName = 'adapter-scale'

/**
 * Parses methods as `parseMethods`, each also with `adapter_scale=NUMBER`, which is no parameter of
 * a request but of the models that are started for it.
 * @throws Error as `parseMethods`, or if a scale is wrong or changes nothing
 */
export const parseScaled = (words: readonly string[]): ScaledMethod[] =>
  wordsByMethod(words).flatMap((group) => {
    const [first = '', ...others] = group
    const scale = others.filter(isScale).at(-1)
    return parseMethods([first, ...others.filter((word) => !isScale(word))]).map((method) => ({
      method,
      adapterScale: scale === undefined ? null : readScale(scale, method),
    }))
  })

/** The words of a method, as `parseScaled` reads them. */
export const wordsOfScaled = ({ method: { strategy, ...parameters }, adapterScale }: ScaledMethod): string[] => [
  String(strategy),
  ...Object.entries(parameters).map(([name, value]) => `${name}=${String(value)}`),
  ...(adapterScale === null ? [] : [`${scaleName}=${adapterScale}`]),
]

const isScale = (word: string) => word.startsWith(`${scaleName}=`) || word.startsWith(`${optionName}=`)

/** Begins a group at each word without "=". */
function wordsByMethod(words: readonly string[]): string[][] {
  const groups: string[][] = []
  for (const word of words) {
    const last = groups.at(-1)
    if (last === undefined || !word.includes('=')) groups.push([word])
    else last.push(word)
  }
  return groups
}

function readScale(word: string, method: Method): number {
  const [name = '', text = ''] = word.split('=')
  if (name === optionName) throw new Error(`${word} is not a parameter: write ${scaleName}=${text}`)
  const scale = text === '' ? Number.NaN : Number(text)
  assertAdapterScale(scale, `${scaleName} of ${describeMethod(method)}`)
  if (!validateMethod(method).includes('dpo'))
    throw new Error(
      `${describeMethod(method)} does not read the DPO model, so ${scaleName} changes nothing: remove ${word}`,
    )
  return scale
}
