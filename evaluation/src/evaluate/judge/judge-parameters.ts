import { readError } from '../../batch/http/read-error.js'
import { ask, Connection, type Patience, readChoice, ServiceError } from '../../batch/index.js'
import type { Fields } from '../../prompts/index.js'
import type { JudgeOptions } from './judge-options.js'
import { judgeRequest } from './judge-request.js'

/** Maximum tokens of a verdict. A word needs fewer; some models write marks around it. */
const maxTokens = 16

/** For models that think before they answer. Many of them refuse a temperature. */
const thinking: Fields = { max_completion_tokens: 4096 }

/**
 * The parameters of the requests, each form if an endpoint refuses the one before it, or writes no
 * text: not all take a seed, and some models of OpenAI take only the newer name of the limit.
 */
const forms: readonly Fields[] = [
  { temperature: 0, max_tokens: maxTokens, seed: 0 },
  { temperature: 0, max_tokens: maxTokens },
  { temperature: 0, max_completion_tokens: maxTokens, seed: 0 },
  { temperature: 0, max_completion_tokens: maxTokens },
  thinking,
]

const refusedStatuses: readonly number[] = [400, 422]
/** Answers to ask about: the endpoint must work before hours go into real ones. */
const trial = { prompt: 'What is 1 + 1?', answerA: '2', answerB: '3' }

/** How long the judge is tried. */
export interface TrialOptions extends Patience {
  readonly signal: AbortSignal
}

/**
 * Finds the parameters that the judge accepts, with a request for each form.
 * @param begun the parameters of judgements that are there, which are the only form then
 * @throws ServiceError if the judge refuses all forms, writes nothing, or does not answer
 */
export async function findParameters(
  judge: JudgeOptions,
  begun: Fields | undefined,
  options: TrialOptions,
): Promise<Fields> {
  const connection = new Connection(judge.server, 1)
  try {
    return await tryForms(judge, connection, begun ? [begun] : forms, options)
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error
    throw new ServiceError(`the judge ${judge.model} cannot be asked: ${error.message}`, { cause: error })
  } finally {
    connection.close()
  }
}

async function tryForms(
  judge: JudgeOptions,
  connection: Connection,
  tried: readonly Fields[],
  options: TrialOptions,
): Promise<Fields> {
  const faults: string[] = []
  for (const [i, parameters] of tried.entries()) {
    const question = judgeRequest(judge, parameters, trial, `evaluate-judge-trial-${i}`)
    const { status, body } = await ask(connection, question, options, options.signal)
    if (status === 200) {
      // It throws if the server is not OpenAI-compatible.
      if (readChoice(body).text.trim() !== '') return parameters
      faults.push(`without text: ${JSON.stringify(parameters)}`)
      continue
    }
    faults.push(`${status}: ${readError(JSON.stringify(body)).message}`)
    if (!refusedStatuses.includes(status)) break
  }
  const [first, ...others] = new Set(faults)
  const last = others.at(-1)
  const more = last === undefined ? '' : `, and with other parameters ${last}`
  throw new ServiceError(`${connection.url} answered ${first}${more}`)
}
