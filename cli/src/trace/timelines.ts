import type { TimelineMessage } from '@tandem/process'
import type { SavedAnswer } from './read-answer.js'
import { milliseconds, type Timeline } from './render-timeline.js'

/**
 * Creates a timeline of each choice of a saved answer.
 * @param hasContent whether the headers show the texts of the answer
 */
export function timelinesOfAnswer(answer: SavedAnswer, hasContent: boolean): Timeline[] {
  const { model, strategy, promptTokens, isComplete, choices } = answer
  const facts = [
    model ?? 'unknown model',
    ...(strategy === null ? [] : [strategy]),
    ...(promptTokens === null ? [] : [`${promptTokens} prompt tokens`]),
  ].join(', ')
  return choices.map(({ index, text, timings }) => ({
    header: [
      choices.length > 1 ? `${facts}, answer ${index}` : facts,
      ...(isComplete ? [] : ['The stream ends early: only a part of the answer was saved.']),
      ...(hasContent ? text.split(/\r?\n/).map((line) => `| ${line}`) : []),
    ],
    timings,
  }))
}

/** Creates a timeline of each answer of a request that a gateway has reported; one without any. */
export function timelinesOfMessage(message: TimelineMessage): Timeline[] {
  const { requestId, endpoint, status, queueUs, promptUs, droppedTimings } = message
  const header = [
    `${requestId}: ${endpoint}, status ${status}`,
    // A request that was refused before it could run has no model.
    ...(message.model === ''
      ? []
      : [
          `${message.model}, ${message.strategy}, ${message.promptTokens} prompt tokens`,
          `${milliseconds(promptUs)} to read and encode the prompt, then ${milliseconds(queueUs)} of waiting for admission`,
        ]),
    ...(droppedTimings === 0 ? [] : [`The last ${droppedTimings} tokens are not shown.`]),
  ]
  const [first = [], ...others] = message.answers
  if (others.length === 0) return [{ header, timings: first }]
  return [
    { header: [...header, 'answer 0'], timings: first },
    ...others.map((timings, i) => ({ header: [`${requestId}: answer ${i + 1}`], timings })),
  ]
}
