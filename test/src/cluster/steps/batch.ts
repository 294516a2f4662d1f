import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { DataVolume } from '../data-volume.js'
import { type GoldenRequest, tokensOf } from '../golden.js'
import type { Step, StepContext, StepResult } from '../step.js'

const shards = 4
const method = ['--strategy', 'aad alpha=0.1', '--max-tokens=48', '--token-ids']
const jobLimitS = 600
const pollMs = 200
const firstRowLimitMs = 120_000

const rowSchema = z.object({ index: z.int(), token_ids: z.array(z.int()), finish_reason: z.string() })

/** The chart's Job answers a file in parts, and one of its pods is killed while it does. */
export const batchJob: Step = {
  key: 'batch',
  title: `an indexed Job answers a file in ${shards} parts; one of its pods is killed`,
  run: async (context): Promise<StepResult> => {
    const data = await DataVolume.create(context.kubernetes)
    try {
      await data.shell('cat > prompts.jsonl', promptsOf(context.golden))
      const pods = await runJob(context, data)
      return await compare(context, data, pods)
    } finally {
      await context.upgrade(['batch.enabled=false'])
      await data.remove()
    }
  },
}

const promptsOf = (golden: readonly GoldenRequest[]) =>
  golden.map(({ body }) => `${JSON.stringify({ prompt: 'messages' in body ? body.messages : [] })}\n`).join('')

/** Runs the Job until it is complete. @returns the number of its pods */
async function runJob({ kubernetes, upgrade, signal, log }: StepContext, data: DataVolume): Promise<number> {
  const settings = [`claimName=${data.claim}`, `shards=${shards}`, 'parallelism=2', `args={${method.join(',')}}`]
  await upgrade(['enabled=true', ...settings].map((setting) => `batch.${setting}`))
  const end = performance.now() + firstRowLimitMs
  while ((await data.shell('cat answers-*.jsonl 2>/dev/null || true')) === '') {
    if (performance.now() > end) throw new Error('no pod of the Job wrote a row')
    await delay(pollMs, undefined, { signal })
  }
  const [victim] = await kubernetes.pods('batch')
  if (victim === undefined) throw new Error('the Job has no pod')
  await kubernetes.kubectl(['delete', 'pod', victim.name, '--force', '--grace-period=0'])
  log(`${victim.name} has been ended`)
  const wait = ['wait', '--for=condition=complete', 'job', '--selector', 'app.kubernetes.io/component=batch']
  await kubernetes.kubectl([...wait, `--timeout=${jobLimitS}s`], { limitMs: (jobLimitS + 10) * 1000 })
  return (await kubernetes.pods('batch')).length + 1
}

/** Compares the parts with the golden answers, and with the file of one run without parts. */
async function compare(context: StepContext, data: DataVolume, pods: number): Promise<StepResult> {
  const parts = await data.shell('cat answers-*-of-*.jsonl')
  const words = ['tandem', 'batch', 'prompts.jsonl', '--out', 'whole.jsonl', '--url', context.url, ...method]
  await data.shell(`TANDEM_API_KEYS=${context.apiKey} ${words.map((word) => `'${word}'`).join(' ')}`)
  const isEqual = (await data.shell('cat whole.jsonl')) === parts
  const rows = parts
    .split('\n')
    .filter(Boolean)
    .map((line) => rowSchema.parse(JSON.parse(line)))
  const right = rows.filter(({ index, token_ids: tokenIds, finish_reason: finish }) => {
    const golden = context.golden[index]
    return golden && tokensOf({ tokenIds, finish }).join(' ') === golden.tokenIds.join(' ')
  }).length
  const found = [
    `${right} of ${rows.length} rows with the golden tokens`,
    `${pods} pods`,
    `the parts together ${isEqual ? 'are' : 'are not'} the bytes of one run`,
  ]
  return { tried: context.golden.length + 1, passed: right + (isEqual ? 1 : 0), found: found.join('; ') }
}
