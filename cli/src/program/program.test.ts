import { type Command, CommanderError } from 'commander'
import { beforeEach, describe, expect, it } from 'vitest'
import { createTestContext } from '../testing/test-context.js'
import type { Actions } from './actions.js'
import { createProgram } from './program.js'

let calls: unknown[][]
let words: string

beforeEach(() => {
  calls = []
  words = ''
})

const context = createTestContext('/nowhere')

function quiet(command: Command) {
  command.exitOverride().configureOutput({
    writeErr: (text) => {
      words += text
    },
    writeOut: (text) => {
      words += text
    },
  })
  for (const child of command.commands) quiet(child)
  return command
}

function parse(args: string, environment: NodeJS.ProcessEnv = {}) {
  const record = (name: string) => (first: unknown, second: unknown) => {
    calls.push([name, first, ...(second === context ? [] : [second])])
    return Promise.resolve()
  }
  const actions: Actions = {
    up: record('up'),
    config: record('config'),
    generate: record('generate'),
    chat: record('chat'),
    batch: record('batch'),
    evaluate: record('evaluate'),
    synthesize: record('synthesize'),
    build: record('build'),
    pull: record('pull'),
    models: record('models'),
    doctor: record('doctor'),
    tune: record('tune'),
    trace: record('trace'),
  }
  const program = quiet(createProgram((work) => work(context), environment, actions))
  return program.parseAsync(args.split(' '), { from: 'user' })
}

describe('createProgram', () => {
  it('up: leaves missing options to the file, the environment and defaults', async () => {
    await parse('up')
    expect(calls).toEqual([['up', {}]])
  })

  it('up: parses every option', async () => {
    await parse(
      'up --sft a --dpo b --precision int8 --port 0 --host ::1 --threads 2 --name n --template-from sft --api-key k1 --api-key k2 ' +
        '--model amateur=c --model base_2=grpc://h:1 --reward picker=d=e --config f.yaml --adapter-scale 0.40 --paired --replicas 3 --verbose',
    )
    const parsed = {
      sft: 'a',
      dpo: 'b',
      precision: 'int8',
      port: 0,
      host: '::1',
      threads: 2,
      name: 'n',
      adapterScale: 0.4,
      paired: true,
      replicas: 3,
    }
    const model = [
      { name: 'amateur', source: 'c' },
      { name: 'base_2', source: 'grpc://h:1' },
    ]
    const reward = [{ name: 'picker', source: 'd=e' }]
    const lists = { model, reward, apiKey: ['k1', 'k2'] }
    expect(calls).toEqual([['up', { ...parsed, ...lists, templateFrom: 'sft', config: 'f.yaml' }]])
  })

  it.each([
    ['up --paired', { paired: true }],
    ['up --no-paired', { paired: false }],
    ['up', {}],
  ])('%s', async (text, expected) => {
    await parse(text)
    expect(calls).toEqual([['up', expected]])
  })

  it('config has the options of up', async () => {
    await parse('config --port 0 --model a=b --json')
    expect(calls).toEqual([['config', { port: 0, model: [{ name: 'a', source: 'b' }], json: true }]])
  })

  it('generate, build and pull', async () => {
    await parse('generate hello --strategy aad --alpha 0.25 --max-tokens 7 --url http://h')
    await parse('build in --adapter a --adapter-scale 1.5 --merge --out o --precision fp32')
    await parse('pull')
    expect(calls[0]?.slice(0, 2)).toEqual(['generate', 'hello'])
    expect(calls[0]?.[2]).toMatchObject({ strategy: 'aad', alpha: 0.25, maxTokens: 7, url: 'http://h' })
    expect(calls[1]?.slice(0, 2)).toEqual(['build', 'in'])
    expect(calls[1]?.[2]).toMatchObject({ adapter: 'a', adapterScale: 1.5, merge: true, out: 'o', precision: 'fp32' })
    expect(calls[2]).toEqual(['pull', 'smollm2-135m-adherence', {}])
  })

  it('chat', async () => {
    const environment = { TANDEM_API_KEYS: 'k2, k3' }
    await parse('chat --url http://h --strategy aad --system s --max-tokens 3 --api-key k1', environment)
    const asked = { url: 'http://h', strategy: 'aad', system: 's', maxTokens: 3 }
    expect(calls[0]).toMatchObject(['chat', { ...asked, apiKeys: ['k1', 'k2', 'k3'] }])
  })

  it('batch', async () => {
    await parse('batch p.jsonl --out a.jsonl')
    const defaults = { samples: 1, seed: 0, retryFor: 300, timeout: 600, apiKeys: [] }
    expect(calls[0]).toEqual(['batch', 'p.jsonl', { out: 'a.jsonl', ...defaults }])
    await parse(
      'batch p --out a --url http://h --api-key k --format trl --strategy aad --max-tokens 9 --token-ids --samples 4 ' +
        '--seed 5 --shard 3/16 --concurrency 2 --retry-for 6 --timeout 7 --body {"stop":["a"]}',
    )
    expect(calls[1]?.[2]).toEqual({
      ...{ out: 'a', url: 'http://h', apiKeys: ['k'], format: 'trl', strategy: 'aad', maxTokens: 9, tokenIds: true },
      ...{ samples: 4, seed: 5, shard: { number: 3, count: 16 }, concurrency: 2, retryFor: 6, timeout: 7 },
      body: { stop: ['a'] },
    })
  })

  it('synthesize', async () => {
    await parse('synthesize p.jsonl --out a.jsonl')
    const defaults = { pairs: 'preference', kindField: 'kind', expectedField: 'expected', seed: 0 }
    const limits = { retryFor: 300, timeout: 600, apiKeys: [] }
    expect(calls[0]).toEqual(['synthesize', 'p.jsonl', { out: 'a.jsonl', ...defaults, ...limits }])
    await parse(
      'synthesize p --out a --pairs adherence --chosen sample --rejected aad --rejected-from f --score-with r ' +
        '--implicit-prompt --complete-only --samples 4 --pairs-per-prompt 1 --failed-pairs-per-prompt 2 --kind-field k --expected-field e ' +
        '--max-tokens 9 --seed 5 --concurrency 2 --retry-for 6 --timeout 7 --body {"stop":["a"]} --format trl',
    )
    expect(calls[1]?.[2]).toEqual({
      ...{ out: 'a', pairs: 'adherence', chosen: 'sample', rejected: 'aad', rejectedFrom: 'f', scoreWith: 'r' },
      ...{
        implicitPrompt: true,
        completeOnly: true,
        samples: 4,
        pairsPerPrompt: 1,
        failedPairsPerPrompt: 2,
        kindField: 'k',
        expectedField: 'e',
      },
      ...{ maxTokens: 9, seed: 5, concurrency: 2, retryFor: 6, timeout: 7, format: 'trl', apiKeys: [] },
      body: { stop: ['a'] },
    })
  })

  it('evaluate', async () => {
    await parse('evaluate p.jsonl --out run --oracle o')
    const defaults = { strategies: 'aad,greedy-dpo,greedy-sft', seed: 0, retryFor: 300, timeout: 600, apiKeys: [] }
    expect(calls[0]).toEqual(['evaluate', 'p.jsonl', { out: 'run', oracle: 'o', ...defaults }])
    await parse(
      'evaluate p --out run --url http://h --strategies aad,eft --sweep alpha=0.1,0.2 --sweep beta=1,2 --oracle o --picker p ' +
        '--samples 16 --limit 9 --max-tokens 8 --seed 5 --reference aad --baseline eft --dataset-field d --expected-field e ' +
        '--export alpaca_eval --compare other --combine c --combine d --held-out pairs ' +
        '--judge-url http://j --judge-model m --judge-name n --judge-prompt f --judge-pairs all',
    )
    expect(calls[1]?.[2]).toMatchObject({
      ...{
        strategies: 'aad,eft',
        sweep: ['alpha=0.1,0.2', 'beta=1,2'],
        oracle: 'o',
        picker: 'p',
        samples: 16,
        limit: 9,
      },
      ...{
        reference: 'aad',
        baseline: 'eft',
        datasetField: 'd',
        expectedField: 'e',
        export: 'alpaca_eval',
        compare: 'other',
        combine: ['c', 'd'],
        heldOut: 'pairs',
      },
      ...{ judgeUrl: 'http://j', judgeModel: 'm', judgeName: 'n', judgePrompt: 'f', judgePairs: 'all' },
    })
    await parse('evaluate --out run --report-only')
    expect(calls[2]).toMatchObject(['evaluate', undefined, { reportOnly: true }])
  })

  it('models and doctor', async () => {
    await parse('models --json')
    await parse('doctor --hashes --json --port 0 --config f.yaml')
    expect(calls).toEqual([
      ['models', { json: true }],
      ['doctor', { hashes: true, json: true, port: 0, config: 'f.yaml' }],
    ])
  })

  it('tune', async () => {
    await parse('tune --config f.yaml')
    expect(calls).toEqual([['tune', { config: 'f.yaml' }]])
  })

  it('trace', async () => {
    await parse('trace answer.json --content')
    await parse('up --trace --metrics 127.0.0.1:9464')
    expect(calls).toEqual([
      ['trace', 'answer.json', { content: true }],
      ['up', { trace: true, metrics: '127.0.0.1:9464' }],
    ])
  })

  it('help', async () => {
    await parse('help pull')
    expect(words).toContain('Usage: tandem pull')
    words = ''
    await parse('help')
    expect(words).toContain('Exit codes: 0 success (up: stopped by a signal while it serves), 1 error')
  })

  it.each([
    ['batch p --out a --shard 4/3', '"4/3" is not a shard: expected NUMBER/COUNT'],
    ['batch p --out a --body [1]', 'It must be a JSON object, e.g. {"temperature": 0.7}.'],
    ['batch p --out a --body {', 'It must be a JSON object, e.g. {"temperature": 0.7}.'],
    ['batch p --out a --format csv', 'Allowed choices are openai, trl, alpaca, lines.'],
    ['evaluate p', "required option '--out <folder>' not specified"],
    ['evaluate p --out a --export csv', 'Allowed choices are alpaca_eval.'],
    ['up --port 70000', 'It must be a whole number from 0 to 65535.'],
    ['up --port 0x50', 'It must be a whole number from 0 to 65535.'],
    ['up --threads 0', 'It must be a whole number from 1 to 1024.'],
    ['up --precision int3', 'Allowed choices are fp32, fp16, int8, int4, native, fast.'],
    ['up --adapter-scale 0', 'It is 0: expected a number above 0 and at most 100.'],
    ['chat --adapter-scale -0.4', 'It is -0.4: expected a number above 0 and at most 100.'],
    ['build in --out o --adapter-scale NaN', 'It is NaN: expected a number above 0 and at most 100.'],
    ['evaluate p --out a --adapter-scale Infinity', 'It is Infinity: expected a number above 0 and at most 100.'],
    ['up --adapter-scale half', 'It is half: expected a number above 0 and at most 100.'],
    ['up --template-from both', 'Allowed choices are dpo, sft.'],
    ['up --api-key a,b', 'A key must not be empty or contain a comma.'],
    ['up --model amateur', 'It must be NAME=SOURCE, e.g. amateur=path/to/model or amateur=grpc://127.0.0.1:7003.'],
    ['up --reward =x', 'It must be NAME=SOURCE'],
    ['up --model a=', 'It must be NAME=SOURCE'],
    ['up --model Amateur=x', 'The name must be a lower-case letter and up to 31 lower-case letters, digits or _.'],
    ['up --model sft=x', 'The name "sft" is a model of the pair: give it with --sft, or as "sft" in the file.'],
    ['up --reward dpo=x', '"dpo" is a model of the pair: give it with --dpo'],
    ['up --model max=x', '"max" is a function in formulas: choose another name.'],
    ['up --model a=x --model a=y', '"a" is given twice.'],
    ['up --prot 1', "unknown option '--prot'"],
    ['up extra', 'too many arguments'],
    ['generate', "missing required argument 'prompt'"],
    ['generate hello --alpha 0', 'It must be a number above 0 and at most 1.'],
    ['generate hello --alpha x', 'It must be a number above 0 and at most 1.'],
    ['generate hello --max-tokens 1.5', 'It must be a whole number from 1 to 1000000.'],
    ['config --trace', "unknown option '--trace'"],
    ['trace', "missing required argument 'source'"],
    ['build in', "required option '--out <folder>' not specified"],
    ['serve', "unknown command 'serve'"],
    ['help serve', "unknown command 'serve'"],
    ['bench', "unknown command 'bench'"],
  ])('refuses: tandem %s', async (args, message) => {
    await expect(parse(args)).rejects.toThrow(CommanderError)
    expect(words).toContain(message)
    expect(calls).toEqual([])
  })
})
