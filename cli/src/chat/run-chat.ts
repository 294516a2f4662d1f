import { createInterface, type Interface } from 'node:readline'
import { messageOf } from '@tandem/process'
import type { Context } from '../context.js'
import type { Conversation } from './conversation.js'
import { describeMethod } from './method.js'
import { chatHelp, parseLine } from './parse-line.js'
import { StopKey } from './stop-key.js'

/** The input of a chat, and the output for its prompt. */
export interface ChatTerminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined }
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean | undefined }
}

/**
 * Answers each line until the input ends or a line is /exit. On a terminal it shows a prompt,
 * continues after an error, and Ctrl-C stops an answer. Otherwise it writes only answers, and the
 * first error ends it.
 * @throws Error of the first failed line if the input is not a terminal; the signal's reason on
 * abort
 */
export async function runChat(
  conversation: Conversation,
  { input, output: echo }: ChatTerminal,
  { answers, output, signal }: Context,
): Promise<void> {
  const isTerminal = input.isTTY === true && echo.isTTY === true
  const lines = isTerminal
    ? createInterface({ input, output: echo, terminal: true, prompt: '> ', signal })
    : createInterface({ input, terminal: false, crlfDelay: Number.POSITIVE_INFINITY, signal })
  const key = new StopKey()
  lines.on('SIGINT', () => pressKey(key, lines, (text) => output.write(text)))
  let isOpen = isTerminal
  lines.once('close', () => {
    isOpen = false
  })
  const prompt = () => {
    if (isOpen) lines.prompt()
  }
  if (isTerminal) output.write(`Decoding by ${describeAll(conversation)}. /help lists the commands.\n`)
  prompt()
  try {
    for await (const line of lines) {
      key.disarm()
      if ((await answerOrReport(line)) === 'exit') return
      // An answer that was complete when the signal aborted ends without an error.
      signal.throwIfAborted()
      prompt()
    }
    // Ends the line of the prompt.
    if (isTerminal) echo.write('\n')
  } finally {
    lines.close()
  }
  signal.throwIfAborted()

  async function answerOrReport(line: string): Promise<'exit' | 'continue'> {
    try {
      return await answerLine(line)
    } catch (error) {
      if (!isTerminal || signal.aborted) throw error
      output.write(`${messageOf(error)}\n`)
      return 'continue'
    }
  }

  async function answerLine(line: string): Promise<'exit' | 'continue'> {
    const parsed = parseLine(line)
    if (parsed.type === 'exit') return 'exit'
    if (parsed.type === 'help') answers.write(chatHelp)
    if (parsed.type === 'reset') conversation.reset()
    if (parsed.type === 'methods') conversation.methods = parsed.methods
    if (parsed.type === 'show-methods') answers.write(`${describeAll(conversation)}\n`)
    if (parsed.type === 'message')
      await key.during((stop) => conversation.ask(parsed.text, answers, AbortSignal.any([signal, stop])))
    return 'continue'
  }
}

const describeAll = ({ methods }: Conversation) => methods.map(describeMethod).join(' and ')

function pressKey(key: StopKey, lines: Interface, write: (text: string) => void): void {
  const press = key.press()
  if (press === 'end') lines.close()
  if (press !== 'armed') return
  write('\nPress Ctrl-C again to end the chat.\n')
  // Clears the typed text, as a shell does.
  lines.write(null, { ctrl: true, name: 'e' })
  lines.write(null, { ctrl: true, name: 'u' })
  lines.prompt()
}
