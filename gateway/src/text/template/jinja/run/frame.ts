import { TemplateSyntaxError } from '../errors.js'
import type { Expression, Statement } from '../syntax/nodes.js'
import type { Value } from '../values/value.js'
import type { Scope } from './scope.js'
import { type Ref, Symbols } from './symbols.js'

/** Computes an expression. */
export type Evaluate = (scope: Scope) => Value

/** Receives the text that statements print. */
export type Write = (text: string) => void

/** How statements end: normally, or with a jump to the loop around them. */
export type Signal = 'break' | 'continue' | null

/** Runs statements. */
export type Run = (scope: Scope, write: Write) => Signal

/** The place of a statement in the template, while it is compiled. */
export interface Frame {
  readonly symbols: Symbols
  /** Whether assignments are visible to blocks. */
  readonly isTopLevel: boolean
  readonly isInLoop: boolean
  /** In a branch, an unknown filter is an error only when the branch runs. */
  readonly isBranch: boolean
}

/** Compiles the parts of a statement. */
export interface Compiler {
  statements(statements: readonly Statement[], frame: Frame): Run
  expression(expression: Expression, frame: Frame): Evaluate
}

/** Creates a frame inside of another one, with names of its own. */
export function innerFrame(frame: Frame, isInLoop: boolean): Frame {
  return { symbols: new Symbols(frame.symbols), isTopLevel: false, isInLoop, isBranch: false }
}

/** Finds a name. @throws TemplateSyntaxError if Jinja2 does not know it in this place */
export function refOf(frame: Frame, name: string): Ref {
  const ref = frame.symbols.find(name)
  if (ref === undefined) throw new TemplateSyntaxError(`the name ${name} cannot be used in this place`)
  return ref
}
