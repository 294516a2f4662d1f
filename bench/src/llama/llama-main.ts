import { pathToFileURL } from 'node:url'
import type { LlamaModel, LlamaModule, LlamaSequence } from './api.js'
import type { LlamaAnswer, LlamaCommand } from './messages.js'

/**
 * The program that runs llama.cpp on one thread: `node llama-main.js MODULE GGUF`. It receives
 * commands over IPC, one at a time, and ends with its parent. A step includes the greedy choice of
 * the next token by llama.cpp itself.
 */
const [modulePath = '', modelPath = ''] = process.argv.slice(2)
/** Additional tokens of a context, for the steps after its content. */
const spareTokens = 256
const batchSize = 512
const promptTokens = 2048

process.on('disconnect', () => process.exit(0))
process.on('message', (command: LlamaCommand) => {
  void answer(command).then((message) => process.send?.(message))
})

const sequences = new Map<string, { sequence: LlamaSequence; length: number }>()
const model = await load()
const prompts = await openSequence(promptTokens)
process.send?.({ type: 'ready' } satisfies LlamaAnswer)

async function load(): Promise<LlamaModel> {
  const { getLlama } = (await import(pathToFileURL(modulePath).href)) as LlamaModule
  const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error' })
  return llama.loadModel({ modelPath })
}

async function openSequence(contextSize: number): Promise<LlamaSequence> {
  const context = await model.createContext({ contextSize, threads: 1, batchSize, sequences: 1 })
  return context.getSequence()
}

async function answer(command: LlamaCommand): Promise<LlamaAnswer> {
  try {
    return { type: 'done', ms: await run(command) }
  } catch (error) {
    return { type: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}

async function run(command: LlamaCommand): Promise<number[]> {
  switch (command.type) {
    case 'context-open':
      return openContext(command.name, command.tokenIds)
    case 'steps-run':
      return runSteps(command.name, command.tokenIds)
    case 'prompt-run': {
      await prompts.clearHistory()
      return [await timed(() => prompts.evaluateWithoutGeneratingNewTokens(command.tokenIds))]
    }
  }
}

async function openContext(name: string, tokenIds: readonly number[]): Promise<number[]> {
  if (sequences.has(name)) return []
  const sequence = await openSequence(tokenIds.length + spareTokens)
  sequences.set(name, { sequence, length: tokenIds.length })
  return [await timed(() => sequence.evaluateWithoutGeneratingNewTokens(tokenIds))]
}

async function runSteps(name: string, tokenIds: readonly number[]): Promise<number[]> {
  const open = sequences.get(name)
  if (!open) throw new Error(`the context "${name}" is not open`)
  const { sequence, length } = open
  const times: number[] = []
  for (const id of tokenIds) {
    const input = [id, { generateNext: { token: true, options: { temperature: 0 } } }] as const
    times.push(await timed(() => sequence.controlledEvaluate([[...input]])))
  }
  await sequence.eraseContextTokenRanges([{ start: length, end: sequence.nextTokenIndex }])
  if (sequence.nextTokenIndex !== length)
    throw new Error(`the context "${name}" holds ${sequence.nextTokenIndex} tokens after a rewind to ${length}`)
  return times
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now()
  await work()
  return performance.now() - startMs
}
