import { setTimeout as delay } from 'node:timers/promises'
import type { GetModelResponse, GetModelResponse__Output } from '@tandem/proto'
import type { FaultCase, FaultSettings } from '../case.js'
import type { ProxyFaults } from '../fault-proxy.js'
import { ProxiedStack, type Side } from '../proxied-stack.js'
import { Tally } from '../tally.js'
import { mustBecome } from '../wait-for.js'
import { askWhole } from '../whole-answer.js'

const answers = 4
const tooMany = 1_000

/** Time for a model to reach the gateway, in milliseconds. */
const arrivalMs = 500

type ChangeModel = (model: GetModelResponse__Output) => GetModelResponse
const otherSize: ChangeModel = (model) => ({ ...model, vocabularySize: model.vocabularySize + tooMany })
const otherTokenizer: ChangeModel = (model) => ({ ...model, tokenizerFingerprint: 'f'.repeat(64) })

/**
 * Changes the second replica of each model. The gateway expects of all replicas what it reads
 * first, so the second one waits for the first.
 */
function secondReplica(change: ChangeModel): Mismatch['faultsAt'] {
  const firstReads = { sft: new Signal(), dpo: new Signal() }
  return (side, replica) => ({
    changeModel: async (model) => {
      const firstRead = firstReads[side]
      if (replica === 1) {
        firstRead.send()
        return model
      }
      await firstRead.sent
      await delay(arrivalMs)
      return change(model)
    },
  })
}

/** An event that happens once. */
class Signal {
  private resolve: () => void = () => undefined
  readonly sent = new Promise<void>((resolve) => {
    this.resolve = resolve
  })

  send(): void {
    this.resolve()
  }
}

/** Exchanges the ids of two tokens. */
function changeTextFile(name: string, data: Buffer): Buffer {
  if (name !== 'tokenizer.json') return data
  const tokenizer = JSON.parse(data.toString()) as { model: { vocab: Record<string, number> } }
  const { vocab } = tokenizer.model
  const [[first, a], [second, b]] = Object.entries(vocab).slice(-2) as [[string, number], [string, number]]
  Object.assign(vocab, { [first]: b, [second]: a })
  return Buffer.from(JSON.stringify(tokenizer))
}

interface Mismatch {
  readonly name: string
  readonly replicas: number
  readonly faultsAt: (side: Side, replica: number) => ProxyFaults
  /** What the client or the operator sees. Null: the same tokens. */
  readonly refusal: RegExp | null
}

const mismatches: readonly Mismatch[] = [
  {
    name: 'a replica with another vocabulary size',
    replicas: 2,
    faultsAt: secondReplica(otherSize),
    refusal: null,
  },
  {
    name: 'a replica with another tokenizer',
    replicas: 2,
    faultsAt: secondReplica(otherTokenizer),
    refusal: null,
  },
  {
    name: 'a model with another tokenizer',
    replicas: 1,
    faultsAt: (side) => (side === 'sft' ? { changeModel: otherTokenizer, changeTextFile } : {}),
    refusal: /the tokenizers of the DPO and the SFT model differ/,
  },
  {
    name: 'two models that claim a larger vocabulary',
    replicas: 1,
    faultsAt: () => ({ changeModel: otherSize }),
    refusal: /^500 service_\w+: /,
  },
]

async function tryMismatch(mismatch: Mismatch, { signal, log }: FaultSettings, tally: Tally): Promise<number> {
  const { replicas, faultsAt, refusal, name } = mismatch
  let proxied: ProxiedStack
  try {
    proxied = await ProxiedStack.start({ pair: 'tiny', replicas, faultsAt })
  } catch (error) {
    const message = String(error)
    log(`${name}: ${message}`)
    const isExpected = refusal?.test(message) ?? false
    tally.add(isExpected ? 'the gateway refuses to start, and says why' : message, isExpected, name)
    return 0
  }
  try {
    await askAll(proxied, mismatch, signal, tally)
    return await proxied.stack.countLeaked()
  } finally {
    await proxied.stop()
  }
}

async function askAll(
  { stack, url, proxies, allProxies }: ProxiedStack,
  { name, refusal }: Mismatch,
  signal: AbortSignal,
  tally: Tally,
): Promise<void> {
  const decoding = { strategy: 'eft' }
  await mustBecome(() => allProxies.every(({ modelReads }) => modelReads > 0), 'all models to be read')
  for (let i = 0; i < answers; i++) {
    const body = { model: stack.model, prompt: stack.prompts[0], max_tokens: 16 + i, ignore_eos: true, decoding }
    const [expected, found] = await Promise.all([stack.url, url].map((from) => askWhole(from, body, signal)))
    if (found === expected) tally.add('200, same tokens', true)
    else tally.add((found ?? '').split(':')[0] ?? '', refusal?.test(found ?? '') ?? false, `${name}: ${found}`)
  }
  const isUsed = [proxies.sft[1], proxies.dpo[1]].some((proxy) => (proxy?.requests ?? 0) > 0)
  if (isUsed) tally.add('the replica that does not fit was used', false, name)
}

/** F7: services whose models do not fit each other. */
export const mismatched: FaultCase = {
  key: 'F7-handshake',
  title: 'another vocabulary size or tokenizer, of a replica or of a model',
  expected: 'the same tokens through the other replica; refused at the start; or 500',
  run: async (settings) => {
    const tally = new Tally()
    let leaked = 0
    for (const mismatch of mismatches) leaked += await tryMismatch(mismatch, settings, tally)
    return tally.result(leaked)
  },
}
