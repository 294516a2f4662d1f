import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast'
import { findComments, type Range } from './find-comments.js'

/** The measures of one source file. */
export interface SourceMeasures {
  /** The path from the root of the repository, with `/` between folders. */
  readonly path: string
  readonly lines: number
  /** Lines over 120 columns. */
  readonly wideLines: number
  /**
   * Width of every line that holds only a comment or a part of one, in columns, by line number from
   * 1.
   */
  readonly commentWidths: ReadonlyMap<number, number>
  /** Lines of every function with a body in braces. */
  readonly functionLines: readonly number[]
  /** Declarations that the file exports. Exports from another file do not count. */
  readonly exports: number
  /** Those of them with a doc comment. */
  readonly documentedExports: number
  /** Uses of the type `any`. */
  readonly anyTypes: number
  /** The modules that the file imports or exports from, as it names them. */
  readonly imports: readonly string[]
}

const codeColumns = 120

const literalKinds: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.TemplateHead,
  SyntaxKind.TemplateMiddle,
  SyntaxKind.TemplateTail,
  SyntaxKind.RegularExpressionLiteral,
])

/** Measures a file from its syntax tree. */
export function measureFile(path: string, tree: SourceFile): SourceMeasures {
  const { text } = tree
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  const starts = lineStarts(text)
  const nodes = allNodes(tree)
  const literals = nodes.filter(({ kind }) => literalKinds.has(kind)).map(rangeOf)
  const comments = findComments(text, literals)
  const declared = tree.statements.filter(isExportedDeclaration)
  return {
    path,
    lines: lines.length,
    wideLines: lines.filter((line) => line.length > codeColumns).length,
    commentWidths: commentWidths(lines, comments, starts),
    functionLines: nodes.filter(hasBlockBody).map((node) => {
      const { start, end } = rangeOf(node)
      return lineAt(starts, end) - lineAt(starts, start) + 1
    }),
    exports: declared.length,
    documentedExports: declared.filter((node) => isDocumented(text, node)).length,
    anyTypes: nodes.filter(({ kind }) => kind === SyntaxKind.AnyKeyword).length,
    imports: nodes.flatMap((node) => importOf(node) ?? []),
  }
}

function allNodes(root: Node): Node[] {
  const nodes: Node[] = []
  const visit = (node: Node): void => {
    nodes.push(node)
    node.forEachChild(visit)
  }
  visit(root)
  return nodes
}

const rangeOf = (node: Node): Range => ({ start: node.getStart(), end: node.getEnd() })

const functionKinds: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.FunctionExpression,
  SyntaxKind.ArrowFunction,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.Constructor,
  SyntaxKind.GetAccessor,
  SyntaxKind.SetAccessor,
])

const hasBlockBody = (node: Node): boolean =>
  functionKinds.has(node.kind) && (node as { body?: Node }).body?.kind === SyntaxKind.Block

const declarationKinds: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.ClassDeclaration,
  SyntaxKind.InterfaceDeclaration,
  SyntaxKind.TypeAliasDeclaration,
  SyntaxKind.EnumDeclaration,
  SyntaxKind.VariableStatement,
])

const isExportedDeclaration = (node: Node): boolean =>
  declarationKinds.has(node.kind) &&
  ((node as { modifiers?: readonly Node[] }).modifiers ?? []).some(({ kind }) => kind === SyntaxKind.ExportKeyword)

/** Returns whether the last comment before a declaration is a doc comment. */
function isDocumented(text: string, node: Node): boolean {
  const before = text.slice(node.getFullStart(), node.getStart()).trimEnd()
  return before.endsWith('*/') && before.lastIndexOf('/**') === before.lastIndexOf('/*')
}

/** Returns the module that an import, an export, an `import()` or an import type names. */
function importOf(node: Node): string | null {
  const { moduleSpecifier, argument } = node as { moduleSpecifier?: Node; argument?: { literal?: Node } }
  if (moduleSpecifier) return (moduleSpecifier as { text?: string }).text ?? null
  if (node.kind === SyntaxKind.ImportType) return (argument?.literal as { text?: string } | undefined)?.text ?? null
  if (node.kind !== SyntaxKind.CallExpression) return null
  const call = node as { expression?: Node; arguments?: readonly Node[] }
  if (call.expression?.kind !== SyntaxKind.ImportKeyword) return null
  const [name] = call.arguments ?? []
  return name?.kind === SyntaxKind.StringLiteral ? (name as unknown as { text: string }).text : null
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** Returns the line of a position, from 0. */
function lineAt(starts: readonly number[], position: number): number {
  let [low, high] = [0, starts.length - 1]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= position) low = middle
    else high = middle - 1
  }
  return low
}

function commentWidths(lines: readonly string[], comments: readonly Range[], starts: readonly number[]) {
  const widths = new Map<number, number>()
  for (const { start, end } of comments) {
    const [first, last] = [lineAt(starts, start), lineAt(starts, end - 1)]
    for (let line = first; line <= last; line++) {
      const text = lines[line] ?? ''
      const hasCodeBefore = line === first && text.slice(0, start - (starts[line] ?? 0)).trim() !== ''
      if (!hasCodeBefore) widths.set(line + 1, text.length)
    }
  }
  return widths
}
