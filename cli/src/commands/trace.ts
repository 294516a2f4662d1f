import { hasColours } from '@tandem/process'
import type { Context } from '../context.js'
import type { Output } from '../progress.js'
import { loadText } from '../trace/load-text.js'
import { readAnswer } from '../trace/read-answer.js'
import { renderTimeline, type TimelineView } from '../trace/render-timeline.js'
import { timelinesOfAnswer } from '../trace/timelines.js'

/** The options of `tandem trace`. */
export interface TraceOptions {
  /** Prints the text of the answer too. */
  readonly content?: boolean
}

/** Characters of a line if the output is not a terminal. */
const plainWidth = 100

/**
 * `tandem trace`: prints where the time of each token of a saved answer went.
 * @param source a file or an http address of an answer that has `decoding_timings`
 * @throws Error if it cannot be loaded, or is not such an answer
 */
export async function trace(source: string, { content = false }: TraceOptions, context: Context): Promise<void> {
  const { answers, environment, signal } = context
  const answer = readAnswer(await loadText(source, signal), source)
  const view = viewOf(answers, environment)
  answers.write(
    timelinesOfAnswer(answer, content)
      .map((timeline) => renderTimeline(timeline, view))
      .join('\n'),
  )
}

/** Returns how timelines look on an output. */
export const viewOf = ({ isTTY = false, columns }: Output, environment: NodeJS.ProcessEnv): TimelineView => ({
  width: (isTTY && columns) || plainWidth,
  hasColours: hasColours(isTTY, environment),
})
