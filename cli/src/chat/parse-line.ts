import { type Method, parseMethods } from './method.js'

/** What a line of a chat asks for. */
export type ChatLine =
  | { readonly type: 'message'; readonly text: string }
  | { readonly type: 'methods'; readonly methods: readonly Method[] }
  | { readonly type: 'show-methods' }
  | { readonly type: 'reset' }
  | { readonly type: 'help' }
  | { readonly type: 'exit' }
  | { readonly type: 'nothing' }

export const chatHelp = `/strategy NAME     decode by it from here on: aad, greedy-dpo, greedy-sft, eft, sample, ...; parameters follow: alpha=0.2
/strategy          tell what answers are decoded by
/compare A B       answer each message by both, one after the other; the chat goes on with the answer of A
/reset             forget the messages so far
/exit              end (as Ctrl-D)
//...              a message that starts with /
Ctrl-C stops an answer; twice, it ends the chat.
`

/** @throws Error telling what is wrong with a command and how it is written */
export function parseLine(line: string): ChatLine {
  const text = line.trim()
  if (text === '') return { type: 'nothing' }
  if (text.startsWith('//')) return { type: 'message', text: text.slice(1) }
  if (!text.startsWith('/')) return { type: 'message', text }
  const [command = '', ...words] = text.split(/\s+/)
  if (command === '/strategy' && words.length === 0) return { type: 'show-methods' }
  if (command === '/strategy') return { type: 'methods', methods: takeMethods(words, 1, '/strategy NAME') }
  if (command === '/compare') return { type: 'methods', methods: takeMethods(words, 2, '/compare A B') }
  const alone = { '/reset': 'reset', '/help': 'help', '/exit': 'exit' } as const
  const [, type] = Object.entries(alone).find(([name]) => name === command) ?? []
  if (type === undefined)
    throw new Error(`there is no command ${command}; /help lists them, and // starts a message that begins with /`)
  if (words.length > 0) throw new Error(`${command} takes no more words; found "${words.join(' ')}"`)
  return { type }
}

function takeMethods(words: readonly string[], count: number, form: string): Method[] {
  const methods = parseMethods(words)
  if (methods.length === count) return methods
  throw new Error(`${form} takes ${count} ${count === 1 ? 'strategy' : 'strategies'}, and ${methods.length} are named`)
}
