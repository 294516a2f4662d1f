import { TemplateError } from '../errors.js'
import type { Arguments, Value } from './value.js'

/** No arguments. */
export const noArguments: Arguments = { positional: [], keywords: new Map() }

/**
 * Assigns the arguments of a call to parameters.
 * @param parameters names separated by spaces; `=` ends the name of an optional one, and all names
 * before `/` are positional only
 * @throws TemplateError as Python, if arguments are missing, unknown or given twice
 */
export function bindArguments(
  name: string,
  parameters: string,
  { positional, keywords }: Arguments,
): (Value | undefined)[] {
  const names = parameters.split(' ').filter((part) => part !== '' && part !== '/')
  const positionalOnly = parameters.includes('/')
    ? (parameters.split('/')[0]?.trim().split(' ').filter(Boolean).length ?? 0)
    : 0
  if (positional.length > names.length)
    throw new TemplateError(`${name}() takes at most ${names.length} arguments (${positional.length} given)`)
  const bound: (Value | undefined)[] = names.map((_, index) => positional[index])
  for (const [keyword, value] of keywords) {
    const index = names.findIndex((part) => part.replace('=', '') === keyword)
    if (index < positionalOnly) throw new TemplateError(`${name}() got an unexpected keyword argument '${keyword}'`)
    if (bound[index] !== undefined) throw new TemplateError(`${name}() got multiple values for argument '${keyword}'`)
    bound[index] = value
  }
  const missing = names.findIndex((part, index) => bound[index] === undefined && !part.endsWith('='))
  if (missing >= 0) throw new TemplateError(`${name}() missing required argument '${names[missing]}'`)
  return bound
}
