import { TemplateSyntaxError } from '../errors.js'
import type { Statement } from '../syntax/nodes.js'
import { noArguments } from '../values/arguments.js'
import { isTrue } from '../values/operations.js'
import { toText } from '../values/represent.js'
import { costs, spend } from '../work.js'
import { analyzeBody, declareTarget } from './analyze.js'
import { compileTarget, compileTargetCheck } from './assign.js'
import { callValue, compileArguments } from './call.js'
import { compileFilterBlock, compileSetBlock } from './compile-capture.js'
import { compileExpression } from './compile-expression.js'
import { compileLoop } from './compile-loop.js'
import { compileMacro } from './compile-macro.js'
import { type Compiler, type Frame, innerFrame, type Run, type Write } from './frame.js'
import { print, requireOutput } from './print.js'
import { type Context, Scope } from './scope.js'

/** The blocks of a template by name. A block sees the variables of a context only. */
export type Blocks = ReadonlyMap<string, (context: Context, write: Write) => void>

type Node<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>

/** Compiles the statements of a template to functions. */
export class StatementCompiler implements Compiler {
  constructor(private readonly blocks: Blocks) {}

  expression: Compiler['expression'] = (expression, frame) => compileExpression(expression, frame, this)

  statements(statements: readonly Statement[], frame: Frame): Run {
    const runs = statements.map((statement) => this.statement(statement, frame))
    return (scope, write) => {
      for (const run of runs) {
        spend(costs.statement)
        const signal = run(scope, write)
        if (signal !== null) return signal
      }
      return null
    }
  }

  private statement(node: Statement, frame: Frame): Run {
    switch (node.kind) {
      case 'text':
        return (scope, write) => print(scope, write, node.text)
      case 'output':
        return this.output(node, frame)
      case 'if':
        return this.branches(node, frame)
      case 'for':
        return compileLoop(node, frame, this)
      case 'set':
        return this.assignment(node, frame)
      case 'set-block':
        return compileSetBlock(node, frame, this)
      case 'with':
        return this.withBlock(node, frame)
      case 'macro':
        return this.macro(node, frame)
      case 'call-block':
        return this.callBlock(node, frame)
      case 'filter-block':
        return compileFilterBlock(node, frame, this)
      case 'generation':
        return this.generation(node, frame)
      case 'block':
        return this.block(node)
      case 'break':
      case 'continue':
        if (!frame.isInLoop) throw new TemplateSyntaxError(`{% ${node.kind} %} is outside of a loop`)
        return () => node.kind
    }
  }

  private output({ expression }: Node<'output'>, frame: Frame): Run {
    const evaluate = this.expression(expression, frame)
    return (scope, write) => print(scope, write, toText(evaluate(scope)))
  }

  private branches(node: Node<'if'>, frame: Frame): Run {
    const inner = { ...frame, isBranch: true }
    const branches = node.branches.map(({ test, body }) => ({
      test: this.expression(test, inner),
      body: this.statements(body, inner),
    }))
    const otherwise = this.statements(node.otherwise, inner)
    return (scope, write) => (branches.find(({ test }) => isTrue(test(scope)))?.body ?? otherwise)(scope, write)
  }

  private assignment({ target, value }: Node<'set'>, frame: Frame): Run {
    const check = compileTargetCheck(target, frame)
    const assign = compileTarget(target, frame)
    const evaluate = this.expression(value, frame)
    return (scope) => {
      check(scope)
      assign(scope, evaluate(scope))
      return null
    }
  }

  private withBlock({ bindings, body }: Node<'with'>, frame: Frame): Run {
    const inner = innerFrame(frame, frame.isInLoop)
    for (const [target] of bindings) declareTarget(inner.symbols, target)
    analyzeBody(inner.symbols, body)
    const assigns = bindings.map(([target, value]) => ({
      assign: compileTarget(target, inner),
      value: this.expression(value, frame),
    }))
    const run = this.statements(body, inner)
    return (outer, write) => {
      const scope = new Scope(inner.symbols, outer, outer.context)
      scope.enter()
      for (const { assign, value } of assigns) assign(scope, value(outer))
      return run(scope, write)
    }
  }

  private macro(node: Node<'macro'>, frame: Frame): Run {
    const create = compileMacro(node.name, node, frame, this)
    const assign = compileTarget({ kind: 'name', name: node.name }, frame)
    return (scope) => {
      assign(scope, create(scope))
      return null
    }
  }

  private callBlock(node: Node<'call-block'>, frame: Frame): Run {
    const create = compileMacro(null, node, frame, this)
    const callee = this.expression(node.call.callee, frame)
    const args = compileArguments(node.call.args, frame, this)
    return (scope, write) => {
      const caller = create(scope)
      const called = callee(scope)
      const { positional, keywords } = args(scope)
      return print(
        scope,
        write,
        requireOutput(callValue(called, { positional, keywords: new Map([...keywords, ['caller', caller]]) })),
      )
    }
  }

  /** Prints the text of `{% generation %}`. As in transformers, the block has names of its own. */
  private generation({ body }: Node<'generation'>, frame: Frame): Run {
    const create = compileMacro(null, { parameters: [], body }, frame, this)
    return (scope, write) => print(scope, write, toText(callValue(create(scope), noArguments)))
  }

  private block({ name, isScoped }: Node<'block'>): Run {
    return (scope, write) => {
      const context = isScoped ? scope.context.derive(scope.locals()) : scope.context
      this.blocks.get(name)?.(context, write)
      return null
    }
  }
}
