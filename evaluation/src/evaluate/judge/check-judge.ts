import type { JudgeOptions } from './judge-options.js'
import { type ComparedStrategies, judgedPairs, maxJudgeRequests } from './judged-pairs.js'
import { assertTemplate } from './prompt/judge-template.js'

/** Maximum characters of a name. */
const maxName = 200
/** Maximum requests, whose places are in memory. */
const maxRequests = 1_000_000

/**
 * Refuses a judge that cannot work.
 * @param prompts the number of prompts
 * @throws Error naming the option
 */
export function checkJudge(judge: JudgeOptions, plan: ComparedStrategies, prompts: number): void {
  assertWithoutSecrets(judge.server.url)
  assertTemplate(judge.template, '--judge-prompt')
  if (judge.name === '' || judge.name.length > maxName)
    throw new Error(`--judge-name has ${judge.name.length} characters: expected 1 to ${maxName}`)
  const requests = maxJudgeRequests(plan, judge, prompts)
  if (requests > maxRequests)
    throw new Error(
      `the judge would get ${requests} requests: expected at most ${maxRequests}. Use --limit, or name fewer strategies`,
    )
  if (judgedPairs(plan, judge.pairs).length === 0)
    throw new Error('--judge-url compares methods, and --strategies has one: name two or more')
}

/** Manifests and reports have the URL, so it must not have what only the judge may know. */
function assertWithoutSecrets(text: string): void {
  const { username, password, search, hash } = new URL(text)
  if (username === '' && password === '' && search === '' && hash === '') return
  throw new Error(
    '--judge-url has a user, a password, a query or a fragment: expected an address without them, because reports ' +
      'show it. The key of the judge is in TANDEM_JUDGE_KEY',
  )
}
