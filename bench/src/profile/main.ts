/**
 * Prints where the time of a token goes: operators of a run, from onnxruntime's profiler, and
 * processor time of each process and thread during an answer of AAD. `npm run profile -w bench --
 * --help` lists the options.
 */
import { spawnSync } from 'node:child_process'
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { type Context, mallocEnvironment, preparePair, runCommand } from '@tandem/cli'
import { disableTelemetry } from '@tandem/services'
import { plainContext } from '../context.js'
import type { ProfiledRun } from './operator-times.js'
import { type AnswerProfile, profileAnswer } from './profile-answer.js'
import { profileEngine } from './profile-engine.js'

const usage = `usage: npm run profile -w bench -- [--sessions 16] [--context 200] [--threads 1] [--rounds 12] [--tokens 64] [--model FOLDER]

  --sessions N  batch size to compare with one session
  --context N   number of tokens in each session
  --threads N   number of threads of the engine
  --rounds N    number of runs; the table has their medians
  --tokens N    number of tokens of the answer whose threads are measured
  --model M     path of a model folder; default: the DPO model of the embedded pair`

/** Operators below this time are summed up in one row. */
const minimumShare = 0.01

const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '16' },
    context: { type: 'string', default: '200' },
    threads: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '12' },
    tokens: { type: 'string', default: '64' },
    model: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) console.log(usage)
else if (process.env.GLIBC_TUNABLES === undefined) startInLargePages()
else await runCommand(async (context) => run(plainContext(context)), false)

/**
 * Starts this program again with the memory settings of a service: glibc reads them at the start of
 * a process.
 */
function startInLargePages(): void {
  const env = { ...process.env, ...mallocEnvironment }
  const { status } = spawnSync(process.execPath, process.argv.slice(1), { env, stdio: 'inherit' })
  process.exitCode = status ?? 1
}

async function run(context: Context): Promise<void> {
  disableTelemetry()
  const number = (name: 'sessions' | 'context' | 'threads' | 'rounds' | 'tokens') => {
    const value = Number(values[name])
    if (Number.isInteger(value) && value >= 1) return value
    throw new Error(`--${name} is ${values[name]}: expected a positive integer`)
  }
  const pair = await preparePair({}, context)
  const engine = {
    folder: values.model ?? pair.dpo,
    threads: number('threads'),
    context: number('context'),
    rounds: number('rounds'),
  }
  for (const sessions of new Set([1, number('sessions')]))
    printRun(`${sessions} x 1 token`, await profileEngine({ ...engine, sessions }))
  if (process.platform === 'linux') printAnswer(await profileAnswer(pair, number('tokens'), context))
  const { threads, rounds } = engine
  console.log(
    `\n${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores; context ${engine.context}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, medians of ${rounds} runs.`,
  )
}

function printRun(title: string, { ms, operators }: ProfiledRun): void {
  console.log(`\n| ${title}: operators | count | ms | share |\n|---|---|---|---|`)
  const row = (kind: string, count: number, time: number) =>
    console.log(`| ${kind} | ${count} | ${time.toFixed(2)} | ${((100 * time) / ms).toFixed(0)}% |`)
  const [large, small] = [true, false].map((isLarge) => operators.filter((o) => o.ms >= minimumShare * ms === isLarge))
  for (const { kind, count, ms: time } of large ?? []) row(kind, count, time)
  const sum = (list: typeof operators, key: 'count' | 'ms') => list.reduce((total, o) => total + o[key], 0)
  row(`${small?.length} kinds more`, sum(small ?? [], 'count'), sum(small ?? [], 'ms'))
  row('between operators', 0, ms - sum(operators, 'ms'))
  row('the run', sum(operators, 'count'), ms)
}

function printAnswer(profiles: readonly AnswerProfile[]): void {
  console.log(
    '\n| one AAD answer, `eager`: processor ms a token | event loop | busiest thread | others |\n|---|---|---|---|',
  )
  for (const { name, time } of profiles)
    console.log(`| ${name} | ${[time.mainMs, time.busiestMs, time.othersMs].map((ms) => ms.toFixed(2)).join(' | ')} |`)
}
