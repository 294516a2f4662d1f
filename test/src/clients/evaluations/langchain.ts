import { join } from 'node:path'
import { fixturesFolder } from '../../support/fixtures.js'
import { runProgram } from '../../support/run-program.js'
import { type Check, checkEqual } from './report.js'
import type { Server } from './server.js'

const limitMs = 600_000
/**
 * Reasons to skip that the tests give for what Tandem does not have, or for what is not recorded.
 */
const expectedSkips =
  /Test requires (tool|structured output|json mode)|does not (explicitly )?support|Unnecessary|VCR not set up/
/** Tests that must have run. A test that is skipped without a word would prove nothing. */
const leastPassed = 20

/**
 * Runs the standard tests of LangChain for chat models.
 * @param python the program of an environment with langchain-tests
 */
export async function runLangChainTests(python: string, { url, key, model }: Server): Promise<Check[]> {
  const env = { TANDEM_TEST_URL: `${url}/v1`, TANDEM_TEST_KEY: key, TANDEM_TEST_MODEL: model }
  // ChatOpenAI keeps its connections, which belong to an event loop: all tests share one.
  const loops = ['asyncio_mode=auto', 'asyncio_default_test_loop_scope=session'].flatMap((option) => ['-o', option])
  const options = ['-p', 'no:cacheprovider', '-q', '-rA', ...loops, '--benchmark-disable']
  const cwd = join(fixturesFolder, 'evaluations')
  const args = ['-B', '-m', 'pytest', ...options, 'test_langchain.py']
  const { code, stdout, stderr } = await runProgram(python, args, { cwd, env, limitMs })
  const named = (verdict: string) => [...stdout.matchAll(new RegExp(`^${verdict} (.*)$`, 'gm'))].map(([, name]) => name)
  const skips = [...stdout.matchAll(/^SKIPPED \[\d+\] \S+: (.*)$/gm)].map(([, reason = '']) => reason)
  const passed = named('PASSED').length
  const ended = code === 0 ? 0 : `${code}: ${(stdout + stderr).slice(-1500)}`
  return [
    checkEqual('langchain-tests: no test fails', named('FAILED'), []),
    checkEqual(`langchain-tests: ${passed} tests pass`, passed >= leastPassed, true),
    checkEqual(
      `langchain-tests: ${skips.length} reasons to skip`,
      skips.filter((reason) => !expectedSkips.test(reason)),
      [],
    ),
    checkEqual('langchain-tests: pytest ends with 0', ended, 0),
  ]
}
