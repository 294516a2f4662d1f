import { FormulaError } from './formula-error.js'

/** A token of a formula; positions count characters from 1. */
export type FormulaToken =
  | { readonly kind: 'number'; readonly text: string; readonly position: number; readonly value: number }
  | { readonly kind: 'name' | 'symbol'; readonly text: string; readonly position: number }
  | { readonly kind: 'end'; readonly text: ''; readonly position: number }

const pattern = /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|([-+*/(),]))/y

/**
 * Splits a formula into tokens.
 * @throws FormulaError at an unknown character or a number too large for float64
 */
export function readTokens(formula: string): FormulaToken[] {
  const tokens: FormulaToken[] = []
  const end = formula.trimEnd().length
  let at = 0
  while (at < end) {
    pattern.lastIndex = at
    const match = pattern.exec(formula)
    if (!match) throw unexpected(formula, at)
    at = pattern.lastIndex
    tokens.push(toToken(match, at))
  }
  return [...tokens, { kind: 'end', text: '', position: end + 1 }]
}

function toToken([, number, name, symbol]: readonly (string | undefined)[], end: number): FormulaToken {
  const text = number ?? name ?? symbol ?? ''
  const position = end - text.length + 1
  if (number === undefined) return { kind: name === undefined ? 'symbol' : 'name', text, position }
  const value = Number(text)
  if (!Number.isFinite(value))
    throw new FormulaError(position, `the number ${text} is too large: expected at most 1.8e308`)
  return { kind: 'number', text, position, value }
}

function unexpected(formula: string, from: number): FormulaError {
  const at = from + formula.slice(from).search(/\S/)
  const found = String.fromCodePoint(formula.codePointAt(at) ?? 0)
  return new FormulaError(at + 1, `found ${JSON.stringify(found)}: expected numbers, names, + - * / ( ) or ,`)
}
