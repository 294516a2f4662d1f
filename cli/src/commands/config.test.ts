import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { loadSettings } from '../config/load-settings.js'
import { findHome } from '../home.js'
import { trialKey } from '../pairing/choose-form.js'
import { formOptions } from '../pairing/form-options.js'
import { writeVerdict } from '../pairing/verdict-store.js'
import { planPair } from '../sources/plan-pair.js'
import { config } from './config.js'
import type { Context } from './context.js'

let answers: string
beforeEach(() => {
  answers = ''
})

function context(environment: NodeJS.ProcessEnv = {}): Context {
  const write = (text: string) => {
    answers += text
  }
  return {
    home: findHome({ TANDEM_HOME: '/nowhere' }),
    environment,
    output: { write },
    answers: { write },
    findModule: String,
    isVerbose: false,
    signal: new AbortController().signal,
  }
}

const lineOf = (key: string) => answers.split('\n').find((line) => line.startsWith(`${key} `))

describe('config', () => {
  it('prints what counts and where it comes from, keys masked', async () => {
    const model = [{ name: 'amateur', source: 'grpc://10.0.0.2:7003' }]
    await config({ port: 0, model }, context({ TANDEM_API_KEYS: 'secret1,secret2', TANDEM_MAX_BATCH: '4' }))
    expect(lineOf('port')).toMatch(/^port +0 +--port/)
    expect(lineOf('host')).toMatch(/^host +127\.0\.0\.1 +default/)
    expect(lineOf('max_batch')).toMatch(/^max_batch +4 +TANDEM_MAX_BATCH/)
    expect(lineOf('models.amateur')).toMatch(
      /^models\.amateur +\{"source":"grpc:\/\/10\.0\.0\.2:7003"\} +--model amateur/,
    )
    expect(lineOf('api_keys')).toMatch(/^api_keys +\["\*\*\*","\*\*\*"\] +TANDEM_API_KEYS/)
    expect(lineOf('threads')).toMatch(/^threads +\(a share of the machine's cores\) +default/)
    expect(answers).not.toContain('secret')
  })

  it('shows what an earlier start has measured', async () => {
    const given = { ...context(), home: findHome({ TANDEM_HOME: await mkdtemp(join(tmpdir(), 'tandem-config-')) }) }
    await config({}, given)
    expect(lineOf('paired')).toMatch(/^paired +auto +default$/)
    const plan = await planPair({}, given)
    if (plan.kind !== 'adapter') throw new Error('the embedded pair is an adapter')
    const verdict = { type: 'measured', form: 'paired', pairedMs: 21.3, apartMs: 25 } as const
    const { settings } = await loadSettings({}, {})
    await writeVerdict(given.home, await trialKey(plan, formOptions({ settings }), given.signal), verdict)
    answers = ''
    await config({}, given)
    expect(lineOf('paired')).toMatch(/^paired +auto +default +paired: 21\.3 ms a token, two services: 25\.0: paired$/)
    answers = ''
    await config({ json: true }, given)
    expect(JSON.parse(answers)).toMatchObject({ paired: { value: 'auto', verdict } })
    answers = ''
    await config({ paired: false }, given)
    expect(lineOf('paired')).toMatch(/^paired +false +--no-paired$/)
    await rm(given.home.folder, { recursive: true })
  })

  it('as JSON, keys masked', async () => {
    await config({ sft: 'a', dpo: 'b', apiKey: ['secret'], json: true }, context())
    const printed = JSON.parse(answers) as Record<string, unknown>
    expect(printed.sft).toEqual({ value: 'a', from: 'flag', at: '--sft' })
    expect(printed.api_keys).toEqual({ value: ['***'], from: 'flag', at: '--api-key' })
    expect(printed.strict).toEqual({ value: false, from: 'default', at: 'default' })
    expect(printed).not.toHaveProperty('pair')
    expect(printed).not.toHaveProperty('threads')
    expect(answers).not.toContain('secret')
  })
})
