import type { Expression, MacroParts, Statement, Target } from '../syntax/nodes.js'
import { assignedNames, namesIn } from '../syntax/walk.js'

/**
 * Finds which of some names statements read before they assign them, as Jinja2 does: in the order
 * of the template, and in every frame but those of blocks.
 */
export function findUndeclared(statements: readonly Statement[], names: readonly string[]): ReadonlySet<string> {
  const search = new Search(new Set(names))
  search.visit(statements)
  return search.found
}

class Search {
  readonly found = new Set<string>()

  constructor(private readonly names: Set<string>) {}

  visit(statements: readonly Statement[]): void {
    for (const statement of statements) this.visitStatement(statement)
  }

  private visitStatement(statement: Statement): void {
    switch (statement.kind) {
      case 'output':
        this.read(statement.expression)
        return
      case 'if':
        for (const { test, body } of statement.branches) this.readThen(test, body)
        this.visit(statement.otherwise)
        return
      case 'for':
        this.assign(statement.target)
        this.readThen(statement.iterated, statement.body)
        this.visit(statement.otherwise)
        this.read(statement.test)
        return
      case 'set':
        this.assign(statement.target)
        this.read(statement.value)
        return
      case 'set-block':
        this.assign(statement.target)
        this.readThen(statement.filter, statement.body)
        return
      case 'with':
        for (const [target] of statement.bindings) this.assign(target)
        for (const [, value] of statement.bindings) this.read(value)
        this.visit(statement.body)
        return
      case 'call-block':
        this.read(statement.call)
        this.visitMacro(statement)
        return
      case 'macro':
        this.visitMacro(statement)
        return
      case 'filter-block':
        this.visit(statement.body)
        this.read(statement.filter)
        return
      case 'generation':
        this.visit(statement.body)
        return
      default:
    }
  }

  private visitMacro({ parameters, body }: MacroParts): void {
    for (const { name } of parameters) this.names.delete(name)
    for (const { initial } of parameters) this.read(initial)
    this.visit(body)
  }

  private readThen(expression: Expression | null, body: readonly Statement[]): void {
    this.read(expression)
    this.visit(body)
  }

  private read(expression: Expression | null): void {
    if (expression === null) return
    for (const name of namesIn(expression)) if (this.names.has(name)) this.found.add(name)
  }

  private assign(target: Target): void {
    for (const name of assignedNames(target)) this.names.delete(name)
  }
}
