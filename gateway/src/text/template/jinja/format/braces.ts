import { TemplateError } from '../errors.js'
import { assertTextLength } from '../limits.js'
import { Dict } from '../values/dict.js'
import { escapeText } from '../values/html.js'
import { escapeCharacter, toRepresentation, toText } from '../values/represent.js'
import { type Arguments, Markup, type Value } from '../values/value.js'
import { costs, spend } from '../work.js'
import { formatWithSpec } from './spec.js'

/** How a format reads attributes and items: as the template itself does. */
export interface Access {
  getAttribute(object: Value, name: string): Value
  getItem(object: Value, index: Value): Value
}

const maxDepth = 2

/** `text.format(...)` of Python. In marked text the values are escaped. @throws TemplateError */
export function formatBraces(text: string, args: Arguments, access: Access, isMarked: boolean): string {
  return new Braces(args, access, isMarked).format(text, maxDepth)
}

class Braces {
  private next = 0
  private numbering: 'none' | 'automatic' | 'manual' = 'none'

  constructor(
    private readonly args: Arguments,
    private readonly access: Access,
    private readonly isMarked: boolean,
  ) {}

  format(text: string, depth: number): string {
    spend(text.length * costs.item)
    if (depth < 0) throw new TemplateError('Max string recursion exceeded')
    let formatted = ''
    for (let index = 0; index < text.length; index++) {
      const mark = text.charAt(index)
      if (mark !== '{' && mark !== '}') formatted += mark
      else if (text.charAt(index + 1) === mark) {
        formatted += mark
        index++
      } else if (mark === '}') throw new TemplateError("Single '}' encountered in format string")
      else {
        const end = findEnd(text, index + 1)
        formatted += this.formatField(text.slice(index + 1, end), depth)
        assertTextLength(formatted.length)
        index = end
      }
    }
    return formatted
  }

  private formatField(field: string, depth: number): string {
    spend(costs.call + field.length * costs.item)
    const { name, conversion, spec } = splitField(field)
    const value = convert(this.read(name), conversion)
    const nested = this.format(spec, depth - 1)
    if (!this.isMarked) return formatWithSpec(value, nested)
    if (value instanceof Markup) return nested === '' ? value.text : formatWithSpec(value, nested)
    return escapeText(formatWithSpec(value, nested))
  }

  /** Reads `name.attribute[index]`. */
  private read(source: string): Value {
    const [first = ''] = /^[^.[]*/.exec(source) ?? []
    let value = this.readFirst(source, first)
    for (const part of splitAccessors(source.slice(first.length)))
      value = part.isAttribute
        ? this.access.getAttribute(value, part.name)
        : this.access.getItem(value, indexOf(part.name))
    return value
  }

  private readFirst(source: string, first: string): Value {
    if (source === '') this.number('automatic')
    else if (/^\d+$/.test(source)) this.number('manual')
    const key = source === '' ? this.next++ : /^\d+$/.test(first) ? Number(first) : first
    const value = typeof key === 'number' ? this.args.positional[key] : this.args.keywords.get(key)
    if (value === undefined) throw new TemplateError(`format() has no value for {${source}}`)
    return value
  }

  private number(numbering: 'automatic' | 'manual'): void {
    if (this.numbering !== 'none' && this.numbering !== numbering)
      throw new TemplateError('format() cannot mix {} with {0}')
    this.numbering = numbering
  }
}

function indexOf(name: string): Value {
  return /^\d+$/.test(name) ? BigInt(name) : name
}

/** Finds the } that closes a field. */
function findEnd(text: string, start: number): number {
  let depth = 1
  let isInName = true
  for (let index = start; index < text.length; index++) {
    const mark = text.charAt(index)
    if (mark === '!' || mark === ':') isInName = false
    if (mark === '[' && depth === 1 && isInName) {
      const close = text.indexOf(']', index)
      if (close > 0) index = close
      else isInName = false
    } else if (mark === '{') depth++
    else if (mark === '}' && --depth === 0) return index
  }
  throw new TemplateError("expected '}' before end of string")
}

function splitField(field: string): { name: string; conversion: string; spec: string } {
  const found = /^((?:[^!:[{]|\[[^\]]*(?:\]|$))*)(?:!([^:]*))?(?::(.*))?$/s.exec(field)
  if (found === null) throw new TemplateError(`unexpected {${field}} in format string`)
  const [, name = '', conversion, spec = ''] = found
  if (conversion !== undefined && !/^[sra]$/.test(conversion))
    throw new TemplateError(`unknown conversion !${conversion}`)
  return { name, conversion: conversion ?? '', spec }
}

function convert(value: Value, conversion: string): Value {
  if (conversion === '') return value
  if (conversion === 's') return toText(value)
  const text = toRepresentation(value)
  return conversion === 'a' ? text.replace(/[^\0-\x7f]/gu, escapeCharacter) : text
}

function splitAccessors(source: string): { isAttribute: boolean; name: string }[] {
  const parts: { isAttribute: boolean; name: string }[] = []
  const pattern = /\.([^.[]+)|\[([^\]]+)\]/y
  while (pattern.lastIndex < source.length) {
    const found = pattern.exec(source)
    if (found === null) throw new TemplateError('a field of the format string is malformed')
    parts.push({ isAttribute: found[1] !== undefined, name: found[1] ?? found[2] ?? '' })
  }
  return parts
}

/** The arguments of `format_map`. @throws TemplateError if it is not called with one dict */
export function mapArguments({ positional, keywords }: Arguments): Arguments {
  const [mapping] = positional
  if (positional.length !== 1 || keywords.size > 0 || !(mapping instanceof Dict))
    throw new TemplateError('format_map() takes exactly one mapping')
  const entries = mapping.entries().flatMap(([key, value]) => (typeof key === 'string' ? [[key, value] as const] : []))
  return { positional: [], keywords: new Map(entries) }
}
