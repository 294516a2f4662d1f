import { basename } from 'node:path'
import type { GatewayFacts } from '../../batch/index.js'
import { version } from '../../version.js'
import { judgeFacts, type OpenedJudge } from '../judge/opened-judge.js'
import type { PreparedPart } from '../prepared-part.js'

/**
 * Describes how the answers and scores were made: names with values, as a report shows them.
 * @param parts the parts of the run, the first of which describes what all have in common
 * @param judge null if none was asked
 */
export function describeRun(parts: readonly PreparedPart[], judge: OpenedJudge | null): Record<string, string> {
  const [first, ...others] = parts
  if (first === undefined) return {}
  return {
    ...describeFirst(first),
    ...describeDefaults(parts),
    ...describeJudge(judge),
    ...Object.assign({}, ...others.map(describeOther)),
  }
}

function describeFirst(prepared: PreparedPart): Record<string, string> {
  const { options, selection, facts } = prepared
  const { prompts, body, seed } = options
  const { model: _pair, ...others } = body
  return {
    'file of prompts': `${basename(prompts.path)}, ${prompts.count} prompts, SHA-256 ${prompts.sha256}`,
    ...(selection.duplicates > 0 ? { 'prompts that are in the file twice': String(selection.duplicates) } : {}),
    ...modelFacts(facts, ''),
    requests: requestsOf(prepared),
    'fields of all requests': JSON.stringify(others),
    seed: String(seed),
    'tokenizer and chat template': facts.template === null ? 'unknown' : `SHA-256 ${facts.template}`,
    'version of the gateway': facts.version ?? 'unknown',
    'version of tandem evaluate': version,
  }
}

/** The models and requests of a part with another scale. Only a model with an adapter differs. */
function describeOther(prepared: PreparedPart): Record<string, string> {
  const { facts, part } = prepared
  const models = facts.models?.filter(({ name, adapter }) => name === 'dpo' && adapter !== null) ?? null
  const place = ` of ${part.name}`
  return { ...modelFacts({ models }, place), [`requests${place}`]: requestsOf(prepared) }
}

const requestsOf = ({ part }: PreparedPart) =>
  part.pools.map(({ samples, decoding }) => `${samples} x ${JSON.stringify(decoding)}`).join('; ')

/** The default parameters of each strategy that was asked for; a request may name others. */
function describeDefaults(parts: readonly PreparedPart[]): Record<string, string> {
  const defaults = parts.flatMap(({ part, facts: { decoding } }) =>
    decoding === null
      ? []
      : part.pools.map(({ decoding: { strategy = decoding.strategy } }) => {
          const name = String(strategy)
          return `${name} ${JSON.stringify(decoding.parameters[name] ?? {})}`
        }),
  )
  return defaults.length === 0 ? {} : { 'default parameters': [...new Set(defaults)].join('; ') }
}

const modelFacts = ({ models }: Pick<GatewayFacts, 'models'>, place: string): Record<string, string> =>
  Object.fromEntries(
    (models ?? []).map(({ name, id, version: weights, precision, adapter, adapter_scale: scale }) => [
      `model ${name}${place}`,
      [
        ...[id, precision, `version ${weights}`],
        ...(adapter === null ? [] : [`adapter ${adapter}${scale == null ? '' : ` at ${scale} of its own scale`}`]),
      ].join(', '),
    ]),
  )

function describeJudge(judge: OpenedJudge | null): Record<string, string> {
  if (judge === null) return {}
  const { url, model, prompt, parameters } = judgeFacts(judge)
  const requests = `${JSON.stringify(parameters)}, prompt SHA-256 ${prompt}`
  return { [`judge ${judge.judge.name}`]: `${model} at ${url}, ${requests}` }
}
