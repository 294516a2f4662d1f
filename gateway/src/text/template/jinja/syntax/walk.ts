import type { CallArguments, Expression, Target } from './nodes.js'

/** The expressions directly inside an expression. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'constant':
    case 'load':
      return []
    case 'list':
    case 'tuple':
      return expression.items
    case 'dict':
      return expression.items.flat()
    case 'concat':
      return expression.parts
    case 'member':
      return [expression.object]
    case 'item':
      return [expression.object, expression.index]
    case 'slice':
      return present([expression.object, ...expression.bounds])
    case 'call':
      return [expression.callee, ...argumentsOf(expression.args)]
    case 'filter':
    case 'test':
      return present([expression.input, ...argumentsOf(expression.args)])
    case 'binary':
    case 'and':
    case 'or':
      return [expression.left, expression.right]
    case 'not':
    case 'negative':
    case 'positive':
      return [expression.operand]
    case 'compare':
      return [expression.first, ...expression.rest.map(([, operand]) => operand)]
    case 'condition':
      return present([expression.test, expression.whenTrue, expression.whenFalse])
  }
}

function present(parts: readonly (Expression | null)[]): Expression[] {
  return parts.filter((part) => part !== null)
}

function argumentsOf({ positional, keywords, spread, spreadKeywords }: CallArguments): Expression[] {
  return present([...positional, ...keywords.map(([, value]) => value), spread, spreadKeywords])
}

/** The names that an expression reads. */
export function* namesIn(expression: Expression): Generator<string> {
  if (expression.kind === 'load') yield expression.name
  for (const part of partsOf(expression)) yield* namesIn(part)
}

/** The names that a target assigns, without those of attributes. */
export function assignedNames(target: Target): readonly string[] {
  if (target.kind === 'targets') return target.items.flatMap(assignedNames)
  return target.kind === 'name' ? [target.name] : []
}

/** The namespaces whose attributes a target assigns. */
export function namespacesOf(target: Target): readonly string[] {
  if (target.kind === 'targets') return target.items.flatMap(namespacesOf)
  return target.kind === 'attribute' ? [target.name] : []
}
