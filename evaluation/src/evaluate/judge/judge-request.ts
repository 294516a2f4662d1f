import type { Question } from '../../batch/index.js'
import type { Fields } from '../../prompts/index.js'
import type { JudgeOptions } from './judge-options.js'
import { fillTemplate, type Shown } from './prompt/judge-template.js'

/** Makes a request to the judge: the whole prompt is one message, which every endpoint accepts. */
export function judgeRequest(
  { model, template }: Pick<JudgeOptions, 'model' | 'template'>,
  parameters: Fields,
  shown: Shown,
  requestId: string,
): Question {
  const messages = [{ role: 'user', content: fillTemplate(template, shown) }]
  return { path: '/v1/chat/completions', body: { model, messages, ...parameters }, requestId }
}
