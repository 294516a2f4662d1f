import {
  assertBatch,
  batchPath,
  type Counts,
  openPromptFile,
  type PromptForm,
  runBatch,
  type Shard,
} from '@tandem/evaluation'
import { type Method, parseMethods, validateMethod } from '../chat/method.js'
import type { Context } from '../context.js'
import { type FileRunOptions, modelField, runSettings, showProgress, withOutput } from './file-run.js'
import { withGateway } from './with-gateway.js'

/** The options of `tandem batch`. */
export type BatchCommandOptions = FileRunOptions & {
  /** A strategy with its parameters: `aad alpha=0.2`. */
  readonly strategy?: string | undefined
  readonly tokenIds?: boolean | undefined
  readonly samples: number
  readonly shard?: Shard | undefined
}

/**
 * `tandem batch`: answers the prompts of a file into another file. If it is interrupted, the same
 * command continues.
 * @throws Error as `openPromptFile`, `withGateway` and `runBatch`, or if an option is wrong
 */
export async function batch(path: string, given: BatchCommandOptions, context: Context): Promise<void> {
  const { out, samples, shard = null } = given
  const prompts = await openPromptFile(path, context.signal, given.format)
  const settings = { ...runSettings(given), prompts, body: requestFields(given), samples, shard }
  assertBatch(settings)
  context.output.write(`${path}: ${prompts.count} prompts (${formNames[prompts.form]})\n`)
  const file = batchPath(out, shard)
  const counts = await withOutput(file, context, (signal) =>
    withGateway(given, { ...context, signal }, (gateway) => {
      const body = { ...modelField(given, gateway), ...settings.body }
      return showProgress(file, context, (show) => {
        const onCounts = (now: Counts, total: number) => show('', now, total)
        return runBatch({ ...settings, body, server: gateway.server, onCounts, signal })
      })
    }),
  )
  context.output.write(describe(file, counts))
}

function describe(file: string, { rows, written, errors, completionTokens }: Counts): string {
  const faults = errors === 0 ? '' : ` Rows with an error instead of an answer: ${errors}.`
  return `${file}: ${rows} rows, ${written} of this run with ${completionTokens} tokens.${faults}\n`
}

/**
 * The fields of every request.
 * @throws Error as `decodingOf`
 */
const requestFields = (given: BatchCommandOptions) => ({
  ...runSettings(given).body,
  ...(given.tokenIds ? { return_token_ids: true } : {}),
  ...decodingOf(given.strategy, given.body),
})

const formNames: Readonly<Record<PromptForm, string>> = {
  openai: "OpenAI's Batch form",
  trl: "TRL's form",
  alpaca: "alpaca_eval's form",
  lines: 'one in each line',
}

/**
 * The field `decoding`: the strategy wins over the one in `body`.
 * @throws Error as `validateMethod`, or if there are two strategies
 */
function decodingOf(strategy: string | undefined, body: BatchCommandOptions['body'] = {}) {
  const words = (strategy ?? '').split(/\s+/).filter((word) => word !== '')
  const [method, second] = parseMethods(words)
  if (second) throw new Error(`--strategy "${strategy}" names two strategies: run a batch for each`)
  const decoding = { ...(body.decoding as Method | undefined), ...method }
  validateMethod(decoding)
  return Object.keys(decoding).length === 0 ? {} : { decoding }
}
