import { TemplateSyntaxError } from '../errors.js'
import type { MacroParts } from '../syntax/nodes.js'
import type { Value } from '../values/value.js'
import { Undefined } from '../values/value.js'
import { costs, spend } from '../work.js'
import { analyzeMacro } from './analyze.js'
import { type Compiler, type Evaluate, type Frame, innerFrame, refOf } from './frame.js'
import { Macro, type MacroSignature } from './macro.js'
import { Scope } from './scope.js'
import { findUndeclared } from './undeclared.js'

/** Compiles a macro or the body of a call block. */
export function compileMacro(name: string | null, node: MacroParts, frame: Frame, compiler: Compiler): Evaluate {
  const inner = innerFrame(frame, false)
  analyzeMacro(inner.symbols, node)
  const signature = signatureOf(name, node)
  const { hidden } = signature
  for (const special of hidden) inner.symbols.declareParameter(special)
  analyzeMacro(inner.symbols, node)
  const refs = [...signature.parameters, ...hidden].map((parameter) => refOf(inner, parameter))
  const defaults = node.parameters.map(({ initial }) => (initial === null ? null : compiler.expression(initial, inner)))
  const body = compiler.statements(node.body, inner)
  return (outer) =>
    new Macro(signature, (values) => {
      spend(costs.call + refs.length * costs.value)
      const scope = new Scope(inner.symbols, outer, outer.context)
      const give = (index: number, value: Value | undefined) => {
        const ref = refs[index]
        if (ref !== undefined && value !== undefined) scope.write(ref, value)
      }
      for (const [index, value] of values.entries()) give(index, value)
      scope.enter()
      for (const [index, initial] of defaults.entries())
        if (values[index] === undefined)
          give(index, initial === null ? notProvided(signature.parameters[index] ?? '') : initial(scope))
      const parts: string[] = []
      body(scope, (text) => parts.push(text))
      return parts.join('')
    })
}

function notProvided(name: string): Undefined {
  return new Undefined(`parameter '${name}' was not provided`)
}

/** The names that a body reads and does not get as parameters: caller, kwargs and varargs. */
function signatureOf(name: string | null, { parameters, body }: MacroParts): MacroSignature {
  const undeclared = findUndeclared(body, ['caller', 'kwargs', 'varargs'])
  const names = parameters.map((parameter) => parameter.name)
  const caller = parameters.find((parameter) => parameter.name === 'caller')
  if (undeclared.has('caller') && caller?.initial === null)
    throw new TemplateSyntaxError('a parameter named caller needs a default')
  const hidden = (['caller', 'kwargs', 'varargs'] as const).filter(
    (special) => undeclared.has(special) && !names.includes(special),
  )
  return { name, parameters: names, hidden, readsCaller: undeclared.has('caller') }
}
