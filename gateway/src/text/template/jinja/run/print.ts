import { TemplateError } from '../errors.js'
import { textOf, typeName, type Value } from '../values/value.js'
import type { Write } from './frame.js'
import type { Scope } from './scope.js'

/** Writes text within the limits of the rendering. */
export function print(scope: Scope, write: Write, text: string): null {
  scope.context.output.add(text)
  write(text)
  return null
}

/** What a filter or a call of a block returns must be text. @throws TemplateError */
export function requireOutput(value: Value): string {
  const text = textOf(value)
  if (text === undefined) throw new TemplateError(`a block prints a ${typeName(value)}: expected text`)
  return text
}
