import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  graphFileName,
  graphOutputs,
  loadManifest,
  type Manifest,
  rowSize,
  withFloatActivations,
  withoutReaders,
} from '@tandem/models'
import { env, InferenceSession } from 'onnxruntime-node'
import { type ComputeDevice, cpu } from '../compute-device.js'
import type { EngineDescription } from '../engine.js'
import { GraphFeeds } from './graph-feeds.js'

export interface ModelSettings {
  /** A model folder as `tandem build` makes it. */
  folder: string
  /** Of one operator on CPU. */
  threads: number
  device?: ComputeDevice
  /** Has onnxruntime's profiler write a file whose path begins so, once the engine is closed. */
  profilePrefix?: string
}

/** A model folder's graph, loaded. */
export interface LoadedGraph {
  session: InferenceSession
  manifest: Manifest
  description: EngineDescription
}

/** A graph of models/graph-contract. */
export interface ModelSession extends LoadedGraph {
  feeds: GraphFeeds
}

export type Outputs = InferenceSession.OnnxValueMapType

/**
 * @param preferredOutputLocation of outputs that stay on the device
 * @throws Error as openGraph does, and where the graph is not what the manifest says
 */
export async function openModel(
  settings: ModelSettings,
  preferredOutputLocation: InferenceSession.SessionOptions['preferredOutputLocation'] = {},
): Promise<ModelSession> {
  const graph = await openGraph(settings, { preferredOutputLocation })
  const feeds = new GraphFeeds(graph.manifest)
  feeds.assertInputs(graph.session.inputNames)
  return { ...graph, feeds }
}

/** @throws Error where the folder is none, or the device cannot be had */
export async function openGraph(
  { folder, threads, device = cpu, profilePrefix }: ModelSettings,
  more: InferenceSession.SessionOptions = {},
): Promise<LoadedGraph> {
  const manifest = await loadManifest(folder)
  const profiling = profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: profilePrefix }
  const options = { ...sessionOptions(device, threads), ...profiling, ...more }
  const session = await createSession(folder, manifest, device, options)
  const description = {
    name: `onnxruntime-node ${env.versions.node ?? 'of unknown version'}, ${nameOf(device, threads)}`,
    device,
    vocabularySize: manifest.vocabularySize,
    rowSize: rowSize(manifest),
    contextLength: manifest.contextLength,
  }
  return { session, manifest, description }
}

/**
 * WebGPU would round activations in its own way where a graph of ours asks for int8. It would also sort whole rows for their best ids,
 * and shaders may take no notice of NaN: what there is to find of the logits is left to the host, which has them anyway.
 */
async function createSession(
  folder: string,
  { exportedGraph }: Manifest,
  { kind }: ComputeDevice,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  const path = join(folder, graphFileName)
  if (kind !== 'webgpu' || exportedGraph !== null) return InferenceSession.create(path, options)
  // The weights beside the graph are found by this.
  const extra = { session: { model_external_initializers_file_folder_path: folder } }
  const graph = withoutReaders(withFloatActivations(await readFile(path)), graphOutputs.logits)
  return InferenceSession.create(graph, { ...options, extra })
}

export function sessionOptions({ kind, unit }: ComputeDevice, threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: [kind === 'cuda' ? { name: kind, deviceId: unit } : kind],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    // onnxruntime would keep a plan of memory for every length that a cache ever had.
    enableMemPattern: false,
    // Warnings of the optimiser are for the graph's author.
    logSeverityLevel: 3,
    // Idle pools would spin against the other service's on the same machine.
    ...(threads > 1 ? { extra: { session: { force_spinning_stop: '1' } } } : {}),
  }
}

function nameOf({ kind, unit }: ComputeDevice, threads: number): string {
  if (kind === 'cpu') return `cpu, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
  return kind === 'cuda' ? `cuda:${unit}` : kind
}

/** @throws Error where the graph gave no such output in host memory */
export function floats(outputs: Outputs, name: string): Float32Array {
  const data = outputs[name]?.data
  if (!(data instanceof Float32Array)) throw new Error(`the graph gave no float32 output "${name}"`)
  return data
}
