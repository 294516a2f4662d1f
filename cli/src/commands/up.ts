import type { TimelineMessage } from '@tandem/process'
import { loadSettings } from '../config/load-settings.js'
import { overlayEnvironment } from '../config/overlay-environment.js'
import type { UpFlags } from '../config/read-flags.js'
import type { Context } from '../context.js'
import { prepareServed } from '../sources/prepare-served.js'
import { assertPortIsFree, hasKeys } from '../stack/listen.js'
import { describeLaterEnd } from '../stack/process-end.js'
import { acceptedRuntimeFlags } from '../stack/runtime-flags.js'
import type { Stack } from '../stack/stack.js'
import { startStack } from '../stack/start-stack.js'
import { renderTimeline } from '../trace/render-timeline.js'
import { timelinesOfMessage } from '../trace/timelines.js'
import { explainStartErrors } from './explain-start-errors.js'
import { viewOf } from './trace.js'
import { validateSettings } from './validate-settings.js'
import { describeMetrics, welcome } from './welcome.js'

/** The options of `tandem up`. */
export type UpOptions = UpFlags & {
  /** Prints a timeline of each request when it ends. */
  readonly trace?: boolean
}

/**
 * `tandem up`: prepares a pair and its additional models, serves them, starts processes that end
 * again, and ends all processes on abort.
 * @throws Error if a setting is wrong, or a process cannot start, or cannot start again
 */
export async function up({ trace = false, ...flags }: UpOptions, given: Context): Promise<void> {
  const loaded = await loadSettings(flags, given.environment)
  const context = { ...given, environment: overlayEnvironment(loaded, given.environment) }
  const { output, signal } = context
  if (loaded.file !== null) output.write(`Settings: ${loaded.file}\n`)
  const { host, port, api_keys: apiKeys, api_keys_file: apiKeysFile, replicas } = loaded.settings
  await validateSettings(loaded)
  await assertPortIsFree(host, port)
  // Probed while the models are prepared: a start needs the answer.
  void acceptedRuntimeFlags()
  const { pair, extraModels } = await prepareServed(loaded, context)
  output.write(
    `Starting ${[pair.name, ...Object.keys(extraModels.models), ...Object.keys(extraModels.rewards)].join(', ')} ...\n`,
  )
  const supervision = { report: (line: string) => output.write(`${line}\n`) }
  const options = {
    ...{ host, port, apiKeys, apiKeysFile, replicas, supervision },
    onTimeline: trace ? printTimelines(context) : undefined,
  }
  const stack = await explainStartErrors(loaded, signal, () => startStack(pair, options, context, extraModels))
  try {
    context.answers.write(welcome(pair, stack.url, hasKeys(loaded.settings)) + describeMetrics(loaded, stack))
    await serveUntilEnd(stack, signal)
  } finally {
    output.write('Stopping ...\n')
    await stack.group.stop()
  }
}

async function serveUntilEnd({ group }: Stack, signal: AbortSignal): Promise<void> {
  const stopWaiting = new AbortController()
  const aborted = new Promise<'aborted'>((resolve) => {
    const abort = () => resolve('aborted')
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true, signal: stopWaiting.signal })
  })
  const end = await Promise.race([group.firstEnd, aborted])
  stopWaiting.abort()
  if (end === 'aborted') return
  throw new Error(describeLaterEnd(end))
}

/** Returns a function that prints the timeline of a request. */
const printTimelines =
  ({ output, environment }: Context) =>
  (message: TimelineMessage): void => {
    const view = viewOf(output, environment)
    output.write(
      timelinesOfMessage(message)
        .map((timeline) => `\n${renderTimeline(timeline, view)}`)
        .join(''),
    )
  }
