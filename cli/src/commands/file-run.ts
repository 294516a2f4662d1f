import { basename, dirname, resolve } from 'node:path'
import type { Counts, PromptForm } from '@tandem/evaluation'
import type { Gateway } from '../chat/chat-client.js'
import type { Context } from '../context.js'
import { withLock } from '../lock.js'
import { createRowProgress, type RowProgress } from '../row-progress.js'
import type { GatewayOptions } from './with-gateway.js'

/** What the commands that answer a file of prompts have in common. */

/** Their options. */
export type FileRunOptions = GatewayOptions & {
  readonly out: string
  readonly format?: PromptForm | undefined
  readonly maxTokens?: number | undefined
  /** Fields of every request. */
  readonly body?: Readonly<Record<string, unknown>> | undefined
  readonly seed: number
  readonly concurrency?: number | undefined
  /** Seconds. */
  readonly retryFor: number
  /** Seconds. */
  readonly timeout: number
}

/** The settings of a run that its options give. */
export const runSettings = ({ out, seed, concurrency, timeout, retryFor, maxTokens, body }: FileRunOptions) => ({
  ...{ out, seed, concurrency: concurrency ?? null, timeoutMs: timeout * 1000, retryForMs: retryFor * 1000 },
  body: { ...body, ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }) },
})

/**
 * The field that names the model of a running gateway. A model that is started here is the only
 * one, and a row may name one of its strategies.
 */
export const modelField = ({ url }: GatewayOptions, { model }: Gateway): { readonly model?: string } =>
  url !== undefined && model !== undefined ? { model } : {}

/**
 * Runs work while no other process writes the same file or folder.
 * @param locked the file that the lock is next to; it need not exist
 */
export function withOutput<T>(
  path: string,
  { output, signal }: Context,
  work: (signal: AbortSignal) => Promise<T>,
  locked = path,
): Promise<T> {
  const onWait = () =>
    output.write(`${path} is locked by another process, or by one that was just killed. Waiting for the lock\n`)
  return withLock({ folder: dirname(resolve(locked)), name: basename(locked), onWait, signal }, work)
}

/** Is told of the rows of a stage, whose name is empty if a run has only one. */
export type OnCounts = (stage: string, counts: Counts, total: number) => void

/**
 * Shows the progress of each stage: the next one ends the one before it.
 * @param work gets a function that ends the last one, before something else is shown
 */
export async function showProgress<T>(
  path: string,
  { output, signal }: Context,
  work: (onCounts: OnCounts, end: () => void) => Promise<T>,
): Promise<T> {
  const stages = new Map<string, RowProgress>()
  const stop = () => {
    for (const progress of stages.values()) progress.stop()
  }
  const begin = (stage: string) => {
    stop()
    const progress = createRowProgress(output, stage === '' ? basename(path) : `${basename(path)}, ${stage}`)
    stages.set(stage, progress)
    return progress
  }
  try {
    return await work((stage, counts, total) => (stages.get(stage) ?? begin(stage)).update(counts, total), stop)
  } catch (error) {
    stop()
    if (signal.aborted) output.write(`${path} is not complete: run the same command again to continue\n`)
    throw error
  } finally {
    stop()
  }
}
