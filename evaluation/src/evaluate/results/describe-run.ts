import { basename } from 'node:path'
import type { GatewayFacts } from '../../batch/index.js'
import { version } from '../../version.js'
import { judgeFacts, type OpenedJudge } from '../judge/opened-judge.js'
import type { PreparedEvaluation } from '../prepared-evaluation.js'

/** Describes how the answers and scores were made: names with values, as a report shows them. */
export function describeRun({ options, plan, selection, facts, judge }: PreparedEvaluation): Record<string, string> {
  const { prompts, body, seed } = options
  const { model: _pair, ...others } = body
  return {
    'file of prompts': `${basename(prompts.path)}, ${prompts.count} prompts, SHA-256 ${prompts.sha256}`,
    ...(selection.duplicates > 0 ? { 'prompts that are in the file twice': String(selection.duplicates) } : {}),
    ...modelFacts(facts),
    ...describeJudge(judge),
    requests: plan.pools.map(({ samples, decoding }) => `${samples} x ${JSON.stringify(decoding)}`).join('; '),
    'fields of all requests': JSON.stringify(others),
    seed: String(seed),
    'chat template': facts.template === null ? 'unknown' : `SHA-256 ${facts.template}`,
    'version of the gateway': facts.version ?? 'unknown',
    'version of tandem evaluate': version,
  }
}

const modelFacts = ({ models }: GatewayFacts): Record<string, string> =>
  Object.fromEntries(
    (models ?? []).map(({ name, id, version: weights, precision, adapter }) => [
      `model ${name}`,
      [id, precision, `version ${weights}`, ...(adapter === null ? [] : [`adapter ${adapter}`])].join(', '),
    ]),
  )

function describeJudge(judge: OpenedJudge | null): Record<string, string> {
  if (judge === null) return {}
  const { url, model, prompt, parameters } = judgeFacts(judge)
  const requests = `${JSON.stringify(parameters)}, prompt SHA-256 ${prompt}`
  return { [`judge ${judge.judge.name}`]: `${model} at ${url}, ${requests}` }
}
