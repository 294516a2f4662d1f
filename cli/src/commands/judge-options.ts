import { readFile } from 'node:fs/promises'
import { defaultTemplate, type JudgedPairs, type JudgeOptions } from '@tandem/evaluation'
import { messageOf } from '@tandem/process'
import { readUrl } from './with-gateway.js'

/** The options of `tandem evaluate` that name a judge. */
export interface JudgeFlags {
  readonly judgeUrl?: string | undefined
  readonly judgeModel?: string | undefined
  readonly judgeName?: string | undefined
  /** A file with the prompt of the judge. */
  readonly judgePrompt?: string | undefined
  readonly judgePairs?: JudgedPairs | undefined
}

/**
 * Reads the judge of an evaluation; null if none is named. Its key is in TANDEM_JUDGE_KEY only: a
 * key on the command line is visible to other users of the machine.
 * @throws Error if an option is missing, or the file cannot be read
 */
export async function judgeOptions(flags: JudgeFlags, environment: NodeJS.ProcessEnv): Promise<JudgeOptions | null> {
  const { judgeUrl: url, judgeModel: model, judgeName, judgePrompt, judgePairs = 'reference' } = flags
  if (url === undefined) {
    assertNoJudge(flags)
    return null
  }
  if (model === undefined) throw new Error('--judge-model is missing: expected the name of a model at --judge-url')
  const apiKey = environment.TANDEM_JUDGE_KEY?.trim() || undefined
  return {
    server: { url: readUrl(url, '--judge-url', 'an endpoint'), apiKey },
    model,
    name: judgeName ?? model,
    template: judgePrompt === undefined ? defaultTemplate : await readTemplate(judgePrompt),
    pairs: judgePairs,
  }
}

function assertNoJudge({ judgeModel, judgeName, judgePrompt, judgePairs }: JudgeFlags): void {
  const named = Object.entries({
    '--judge-model': judgeModel,
    '--judge-name': judgeName,
    '--judge-prompt': judgePrompt,
    '--judge-pairs': judgePairs,
  }).find(([, value]) => value !== undefined)
  if (named) throw new Error(`${named[0]} needs --judge-url: expected the address of an OpenAI-compatible endpoint`)
}

async function readTemplate(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const found = messageOf(cause)
    throw new Error(`--judge-prompt ${path} cannot be read: ${found}`, { cause })
  }
}
