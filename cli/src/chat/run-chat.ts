import { createInterface, type Interface } from 'node:readline'
import type { Context } from '../context.js'
import type { Conversation } from './conversation.js'
import { describeMethod } from './method.js'
import { chatHelp, parseLine } from './parse-line.js'
import { StopKey } from './stop-key.js'

/** Where lines come from, and where they are echoed as a person types them. */
export interface ChatTerminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined }
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean | undefined }
}

/**
 * Answers line after line until the input or /exit ends it. On a terminal there is a prompt, an error is told and the chat goes on,
 * and Ctrl-C stops an answer; elsewhere answers alone are written, and the first error ends it.
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
  if (isTerminal) output.write(`Answers by ${describeAll(conversation)}; /help lists the commands.\n`)
  prompt()
  try {
    for await (const line of lines) {
      key.disarm()
      if ((await answerOrTell(line)) === 'exit') return
      prompt()
    }
    // Leaves the prompt's line to whoever comes next.
    if (isTerminal) echo.write('\n')
  } finally {
    lines.close()
  }
  signal.throwIfAborted()

  async function answerOrTell(line: string): Promise<'exit' | 'go-on'> {
    try {
      return await answerLine(line)
    } catch (error) {
      if (!isTerminal || signal.aborted) throw error
      output.write(`${error instanceof Error ? error.message : String(error)}\n`)
      return 'go-on'
    }
  }

  async function answerLine(line: string): Promise<'exit' | 'go-on'> {
    const parsed = parseLine(line)
    if (parsed.type === 'exit') return 'exit'
    if (parsed.type === 'help') answers.write(chatHelp)
    if (parsed.type === 'reset') conversation.reset()
    if (parsed.type === 'methods') conversation.methods = parsed.methods
    if (parsed.type === 'show-methods') answers.write(`${describeAll(conversation)}\n`)
    if (parsed.type === 'message')
      await key.during((stop) => conversation.ask(parsed.text, answers, AbortSignal.any([signal, stop])))
    return 'go-on'
  }
}

const describeAll = ({ methods }: Conversation) => methods.map(describeMethod).join(' and ')

function pressKey(key: StopKey, lines: Interface, tell: (text: string) => void): void {
  const press = key.press()
  if (press === 'end') lines.close()
  if (press !== 'armed') return
  tell('\nCtrl-C again ends the chat.\n')
  // What was typed so far is let go, as in a shell.
  lines.write(null, { ctrl: true, name: 'e' })
  lines.write(null, { ctrl: true, name: 'u' })
  lines.prompt()
}
