/*
 * jinja/ renders templates like Jinja2 in transformers' sandbox. syntax/ parses them, run/ compiles
 * them to functions, values/ are Python's values and operators. It knows nothing of chats.
 * Its rules follow the source of Jinja2 (BSD-3-Clause, Copyright 2007 Pallets).
 */
import { TemplateSyntaxError } from './errors.js'
import { analyzeBody } from './run/analyze.js'
import { type Blocks, StatementCompiler } from './run/compile-statement.js'
import type { Run, Write } from './run/frame.js'
import { createGlobals, noParentBlock, SelfReference, type World } from './run/globals.js'
import { Context, Scope } from './run/scope.js'
import { Symbols } from './run/symbols.js'
import { findUndeclared } from './run/undeclared.js'
import type { Statement } from './syntax/nodes.js'
import { parseTemplate } from './syntax/parse-template.js'
import { fromData } from './values/from-data.js'
import type { Value } from './values/value.js'
import { limitWork, maxWork } from './work.js'

/**
 * A compiled template: renders variables, which are plain data, to text.
 * @param work the units of work that it may take
 * @throws WorkLimitError if it takes more; TemplateError; UnsupportedTemplateError
 */
export type Render = (variables: Readonly<Record<string, unknown>>, work?: number) => string

/**
 * Compiles a template as transformers' Jinja environment does.
 * @throws TemplateSyntaxError
 * @throws UnsupportedTemplateError if it uses a feature that this engine does not have
 */
export function compileTemplate(source: string, world: World): Render {
  const statements = parseTemplate(source)
  const blocks = new Map<string, (context: Context, write: Write) => void>()
  const compiler = new StatementCompiler(blocks)
  const root = compileRoot(statements, compiler, blocks)
  for (const [name, body] of collectBlocks(statements)) blocks.set(name, compileRoot(body, compiler, blocks, false))
  return (variables, work = maxWork) => {
    const values = Object.entries(variables).map(([name, value]) => [name, fromData(value)] as const)
    return limitWork(work, () => {
      const context = new Context(new Map([...createGlobals(world), ...values]))
      const parts: string[] = []
      root(context, (text) => parts.push(text))
      return parts.join('')
    })
  }
}

/** Compiles statements that have no frame around them: those of the template or of a block. */
function compileRoot(statements: readonly Statement[], compiler: StatementCompiler, blocks: Blocks, isTopLevel = true) {
  const symbols = new Symbols(null)
  const special = findUndeclared(statements, isTopLevel ? ['self'] : ['self', 'super'])
  for (const name of special) symbols.declareParameter(name)
  analyzeBody(symbols, statements)
  const run: Run = compiler.statements(statements, { symbols, isTopLevel, isInLoop: false, isBranch: false })
  return (context: Context, write: Write): void => {
    const scope = new Scope(symbols, null, context)
    for (const name of special)
      scope.write({ level: 0, name }, name === 'self' ? selfOf(context, blocks) : noParentBlock)
    scope.enter()
    run(scope, write)
  }
}

function selfOf(context: Context, blocks: Blocks): Value {
  const render = (name: string) => {
    const parts: string[] = []
    blocks.get(name)?.(context, (text) => parts.push(text))
    return parts.join('')
  }
  return new SelfReference(render, new Set(blocks.keys()))
}

/** Finds the blocks of a template, also those inside of other statements. */
function collectBlocks(statements: readonly Statement[], found = new Map<string, readonly Statement[]>()) {
  for (const statement of statements) {
    if (statement.kind === 'block') {
      if (found.has(statement.name)) throw new TemplateSyntaxError(`the block ${statement.name} is defined twice`)
      found.set(statement.name, statement.body)
    }
    if ('body' in statement) collectBlocks(statement.body, found)
    if ('otherwise' in statement) collectBlocks(statement.otherwise, found)
    if ('branches' in statement) for (const { body } of statement.branches) collectBlocks(body, found)
  }
  return found
}
