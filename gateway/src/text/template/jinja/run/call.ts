import { TemplateError } from '../errors.js'
import type { CallArguments } from '../syntax/nodes.js'
import { Dict } from '../values/dict.js'
import { iterate } from '../values/operations.js'
import { type Arguments, PythonObject, textOf, typeName, Undefined, type Value } from '../values/value.js'
import type { Compiler, Frame } from './frame.js'
import type { Scope } from './scope.js'

/** An object of the engine that templates can call. */
interface Callable {
  call(args: Arguments): Value
}

/** Calls a value. @throws TemplateError if it cannot be called */
export function callValue(callee: Value, args: Arguments): Value {
  if (callee instanceof Undefined) throw callee.toError()
  if (isCallable(callee)) return callee.call(args)
  throw new TemplateError(`'${typeName(callee)}' object is not callable`)
}

function isCallable(value: Value): value is PythonObject & Callable {
  return value instanceof PythonObject && 'call' in value
}

/** Compiles the arguments of a call. */
export function compileArguments(args: CallArguments, frame: Frame, compiler: Compiler): (scope: Scope) => Arguments {
  const positional = args.positional.map((value) => compiler.expression(value, frame))
  const keywords = args.keywords.map(([name, value]) => [name, compiler.expression(value, frame)] as const)
  const spread = args.spread === null ? null : compiler.expression(args.spread, frame)
  const spreadKeywords = args.spreadKeywords === null ? null : compiler.expression(args.spreadKeywords, frame)
  return (scope) => {
    const values = positional.map((evaluate) => evaluate(scope))
    const named = new Map(keywords.map(([name, evaluate]) => [name, evaluate(scope)] as const))
    if (spread !== null) for (const value of iterate(spread(scope))) values.push(value)
    if (spreadKeywords !== null) addKeywords(named, spreadKeywords(scope))
    return { positional: values, keywords: named }
  }
}

function addKeywords(named: Map<string, Value>, value: Value): void {
  if (!(value instanceof Dict)) throw new TemplateError(`argument after ** must be a mapping, not ${typeName(value)}`)
  for (const [key, item] of value.entries()) {
    const name = textOf(key)
    if (name === undefined) throw new TemplateError('keywords must be strings')
    if (named.has(name)) throw new TemplateError(`got multiple values for keyword argument '${name}'`)
    named.set(name, item)
  }
}
