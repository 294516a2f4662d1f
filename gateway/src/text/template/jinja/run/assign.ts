import { TemplateError, ValueDependentError } from '../errors.js'
import type { Target } from '../syntax/nodes.js'
import { namespacesOf } from '../syntax/walk.js'
import { Namespace } from '../values/collections.js'
import { iterate } from '../values/operations.js'
import type { Value } from '../values/value.js'
import { type Frame, refOf } from './frame.js'
import type { Scope } from './scope.js'

/** Assigns a value to a target. */
export type Assign = (scope: Scope, value: Value) => void

/** Compiles the left side of an assignment. */
export function compileTarget(target: Target, frame: Frame): Assign {
  if (target.kind === 'targets') return compileTargets(target.items, frame)
  const ref = refOf(frame, target.name)
  if (target.kind === 'attribute') return (scope, value) => namespaceOf(scope.load(ref)).set(target.attribute, value)
  if (!frame.isTopLevel) return (scope, value) => scope.write(ref, value)
  return (scope, value) => {
    scope.write(ref, value)
    scope.context.assign(ref.name, value)
  }
}

/** Compiles a check that attributes are assigned to namespaces only. It runs before the value. */
export function compileTargetCheck(target: Target, frame: Frame): (scope: Scope) => void {
  const refs = namespacesOf(target).map((name) => refOf(frame, name))
  return (scope) => {
    for (const ref of refs) namespaceOf(scope.load(ref))
  }
}

function namespaceOf(value: Value): Namespace {
  if (value instanceof Namespace) return value
  throw new TemplateError('cannot assign attribute on non-namespace object')
}

function compileTargets(targets: readonly Target[], frame: Frame): Assign {
  const assigns = targets.map((target) => compileTarget(target, frame))
  return (scope, value) => {
    const values: Value[] = []
    for (const item of iterate(value)) {
      if (values.length === assigns.length)
        throw new ValueDependentError(`too many values to unpack (expected ${assigns.length})`)
      values.push(item)
    }
    if (values.length < assigns.length)
      throw new ValueDependentError(`not enough values to unpack (expected ${assigns.length}, got ${values.length})`)
    for (const [index, assign] of assigns.entries()) assign(scope, values[index] ?? null)
  }
}
