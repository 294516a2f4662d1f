/** A name, an attribute of a namespace or a tuple of them, on the left of an assignment. */
export type Target =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'attribute'; readonly name: string; readonly attribute: string }
  | { readonly kind: 'targets'; readonly items: readonly Target[] }

/** The arguments of a call, a filter or a test. */
export interface CallArguments {
  readonly positional: readonly Expression[]
  readonly keywords: readonly (readonly [string, Expression])[]
  readonly spread: Expression | null
  readonly spreadKeywords: Expression | null
}

/** An operator with two operands. */
export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**'

/** An operator of a comparison. */
export type CompareOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in'

/** A node of an expression. */
export type Expression =
  | { readonly kind: 'constant'; readonly value: null | boolean | bigint | number | string }
  | { readonly kind: 'load'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'tuple'; readonly items: readonly Expression[] }
  | { readonly kind: 'dict'; readonly items: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'member'; readonly object: Expression; readonly name: string }
  | { readonly kind: 'item'; readonly object: Expression; readonly index: Expression }
  | { readonly kind: 'slice'; readonly object: Expression; readonly bounds: readonly (Expression | null)[] }
  | { readonly kind: 'call'; readonly callee: Expression; readonly args: CallArguments }
  | { readonly kind: 'filter'; readonly input: Expression | null; readonly name: string; readonly args: CallArguments }
  | { readonly kind: 'test'; readonly input: Expression; readonly name: string; readonly args: CallArguments }
  | {
      readonly kind: 'binary'
      readonly operator: BinaryOperator
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly kind: 'and'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'negative'; readonly operand: Expression }
  | { readonly kind: 'positive'; readonly operand: Expression }
  | { readonly kind: 'concat'; readonly parts: readonly Expression[] }
  | {
      readonly kind: 'compare'
      readonly first: Expression
      readonly rest: readonly (readonly [CompareOperator, Expression])[]
    }
  | {
      readonly kind: 'condition'
      readonly test: Expression
      readonly whenTrue: Expression
      readonly whenFalse: Expression | null
    }

/** A parameter of a macro or a call block. */
export interface Parameter {
  readonly name: string
  readonly initial: Expression | null
}

/** What macros and call blocks have in common. */
export interface MacroParts {
  readonly parameters: readonly Parameter[]
  readonly body: readonly Statement[]
}

/** A node of a template. */
export type Statement =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly expression: Expression }
  | {
      readonly kind: 'if'
      readonly branches: readonly { readonly test: Expression; readonly body: readonly Statement[] }[]
      readonly otherwise: readonly Statement[]
    }
  | ForStatement
  | { readonly kind: 'set'; readonly target: Target; readonly value: Expression }
  | {
      readonly kind: 'set-block'
      readonly target: Target
      readonly filter: Expression | null
      readonly body: readonly Statement[]
    }
  | {
      readonly kind: 'with'
      readonly bindings: readonly (readonly [Target, Expression])[]
      readonly body: readonly Statement[]
    }
  | ({ readonly kind: 'macro'; readonly name: string } & MacroParts)
  | ({ readonly kind: 'call-block'; readonly call: Extract<Expression, { kind: 'call' }> } & MacroParts)
  | { readonly kind: 'filter-block'; readonly filter: Expression; readonly body: readonly Statement[] }
  | { readonly kind: 'generation'; readonly body: readonly Statement[] }
  | { readonly kind: 'block'; readonly name: string; readonly isScoped: boolean; readonly body: readonly Statement[] }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' }

/** A loop. */
export interface ForStatement {
  readonly kind: 'for'
  readonly target: Target
  readonly iterated: Expression
  readonly test: Expression | null
  readonly isRecursive: boolean
  readonly body: readonly Statement[]
  readonly otherwise: readonly Statement[]
}
