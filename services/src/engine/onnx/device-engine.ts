import { graphOutputs, keyValueBytesPerToken, type Manifest, pastKeyName, pastValueName } from '@tandem/models/folder'
import { appendGraph, appendLengthName, presentKeyName, presentValueName } from '@tandem/models/graphs'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { cpu } from '../compute-device.js'
import {
  type BatchMemory,
  type Engine,
  type EngineDescription,
  type Forward,
  type ModelVariant,
  runOneByOne,
} from '../engine.js'
import type { LogitsRow } from '../logits/logits-row.js'
import { assertVariant, holdsVariant } from './assert-variant.js'
import { CausalBias } from './causal-bias.js'
import { DeviceCache, DevicePast } from './device-cache.js'
import { int64 } from './graph-feeds.js'
import { readRows } from './graph-rows.js'
import { singleRun } from './graph-run.js'
import { type ModelSession, type ModelSettings, openModel, sessionOptions } from './model-session.js'

/**
 * Runs on an accelerator that keeps keys and values between runs (WebGPU): one run of the model,
 * then one that appends the new keys and values. Sessions run one by one.
 */
export class DeviceEngine implements Engine {
  readonly description: EngineDescription
  readonly batchMemory: BatchMemory = { byteLength: 0, clear: () => undefined }
  private readonly manifest: Manifest
  private readonly bias = new CausalBias()
  /** The past of a session without tokens. */
  private readonly empty: Tensor

  private constructor(
    private readonly model: ModelSession,
    private readonly append: InferenceSession,
  ) {
    this.description = model.description
    this.manifest = model.manifest
    this.empty = new Tensor('float32', new Float32Array(0), [0, 1, this.manifest.keyValueHeads, this.manifest.headSize])
  }

  /** @throws Error as openModel does */
  static async load({ device = cpu, ...settings }: ModelSettings): Promise<DeviceEngine> {
    const model = await openModel({ ...settings, device }, { [graphOutputs.newKeysValues]: 'gpu-buffer' })
    const options = { ...sessionOptions(device, settings.threads), preferredOutputLocation: 'gpu-buffer' as const }
    return new DeviceEngine(model, await InferenceSession.create(await appendGraph(model.manifest), options))
  }

  createCache(variant: ModelVariant = 'adapted'): DeviceCache {
    assertVariant(this.manifest, variant)
    return new DeviceCache(keyValueBytesPerToken(this.manifest), variant)
  }

  kvBytesPerToken(variant: ModelVariant): number {
    return holdsVariant(this.manifest, variant) ? keyValueBytesPerToken(this.manifest) : 0
  }

  async run(forward: Forward): Promise<LogitsRow[]> {
    const cache = cacheOf(forward)
    const run = singleRun(forward, this.bias, cache.past?.slots ?? 0)
    const past = (name: string): Tensor => cache.past?.tensors.get(name) ?? this.empty
    const feeds = this.model.feeds.build(run, (layer) => ({
      key: past(pastKeyName(layer)),
      value: past(pastValueName(layer)),
    }))
    const outputs = await this.model.session.run(feeds)
    const fresh = outputs[graphOutputs.newKeysValues]
    if (!(fresh instanceof Tensor)) throw new Error(`the graph returned no output "${graphOutputs.newKeysValues}"`)
    try {
      cache.replace(await this.appendTo(past, forward.position, fresh, forward.tokenIds.length))
    } finally {
      fresh.dispose()
    }
    return readRows(outputs, forward.rowIndices.length, this.description.rowSize)
  }

  runBatch(forwards: readonly Forward[]): Promise<LogitsRow[][]> {
    return runOneByOne(this, forwards)
  }

  async close(): Promise<void> {
    await this.model.session.release()
    await this.append.release()
  }

  private async appendTo(
    past: (name: string) => Tensor,
    length: number,
    fresh: Tensor,
    tokens: number,
  ): Promise<DevicePast> {
    const names = Array.from({ length: this.manifest.layers }, (_, layer) => [
      { past: pastKeyName(layer), present: presentKeyName(layer) },
      { past: pastValueName(layer), present: presentValueName(layer) },
    ]).flat()
    const outputs = await this.append.run({
      [appendLengthName]: int64([length], [1]),
      [graphOutputs.newKeysValues]: fresh,
      ...Object.fromEntries(names.map((name) => [name.past, past(name.past)])),
    })
    const tensors = names.map(({ past, present }) => [past, outputs[present] as Tensor] as const)
    return new DevicePast(new Map(tensors), length + tokens)
  }
}

function cacheOf({ cache }: Forward): DeviceCache {
  if (!(cache instanceof DeviceCache)) throw new TypeError('the cache belongs to another engine')
  return cache
}
