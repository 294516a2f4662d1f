import { type Method, parseMethods } from './method.js'

/** A parsed line of a chat. */
export type ChatLine =
  | { readonly type: 'message'; readonly text: string }
  | { readonly type: 'methods'; readonly methods: readonly Method[] }
  | { readonly type: 'show-methods' }
  | { readonly type: 'reset' }
  | { readonly type: 'help' }
  | { readonly type: 'exit' }
  | { readonly type: 'nothing' }

/** The answer to `/help`. */
export const chatHelp = `\
/strategy NAME     use this strategy from now on, e.g. aad, greedy-dpo or eft; add parameters: alpha=0.2
/strategy          show the current strategy
/compare A B       answer each message with A, then with B; the chat continues with the answer of A
/reset             forget all messages
/exit              end the chat (also Ctrl-D)
//...              send a message that starts with /
Ctrl-C stops an answer. Pressed twice, it ends the chat.
`

/**
 * Parses a line: a command or a message.
 * @throws Error saying what is wrong with a command and how to write it
 */
export function parseLine(line: string): ChatLine {
  const text = line.trim()
  if (text === '') return { type: 'nothing' }
  if (text.startsWith('//')) return { type: 'message', text: text.slice(1) }
  if (!text.startsWith('/')) return { type: 'message', text }
  const [command = '', ...words] = text.split(/\s+/)
  if (command === '/strategy' && words.length === 0) return { type: 'show-methods' }
  if (command === '/strategy') return { type: 'methods', methods: parseMethodCount(words, 1, '/strategy NAME') }
  if (command === '/compare') return { type: 'methods', methods: parseMethodCount(words, 2, '/compare A B') }
  const simple = { '/reset': 'reset', '/help': 'help', '/exit': 'exit' } as const
  const [, type] = Object.entries(simple).find(([name]) => name === command) ?? []
  if (type === undefined)
    throw new Error(`unknown command ${command}. /help lists the commands; start a message with // if it begins with /`)
  if (words.length > 0) throw new Error(`${command} has no arguments; found "${words.join(' ')}"`)
  return { type }
}

function parseMethodCount(words: readonly string[], count: number, form: string): Method[] {
  const methods = parseMethods(words)
  if (methods.length === count) return methods
  throw new Error(`${form} expects ${count} ${count === 1 ? 'strategy' : 'strategies'}; found ${methods.length}`)
}
