import { costs, spend } from '../work.js'
import { toText } from './represent.js'
import { Markup, type Value } from './value.js'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
}

/** Escapes text for HTML, as MarkupSafe does. Marked text stays. */
export function escapeHtml(value: Value): string {
  return value instanceof Markup ? value.text : escapeText(toText(value))
}

/** Escapes every special character. */
export function escapeText(text: string): string {
  spend(text.length * costs.slowCharacter)
  return text.replace(/[&<>'"]/g, (mark) => entities[mark] ?? mark)
}
