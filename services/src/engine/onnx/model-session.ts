import './float16-tensors.js'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { graphFileName, graphOutputs, loadManifest, type Manifest, rowSize } from '@tandem/models/folder'
import { env, InferenceSession } from 'onnxruntime-node'
import { type ComputeDevice, cpu } from '../compute-device.js'
import type { EngineDescription } from '../engine.js'
import { GraphFeeds } from './graph-feeds.js'

/** The model folder to load, and how to run it. */
export interface ModelSettings {
  /** A model folder as `tandem build` makes it. */
  readonly folder: string
  /** Number of threads of one operator on CPU. */
  readonly threads: number
  readonly device?: ComputeDevice
  /** Path prefix of a file that onnxruntime's profiler writes once the engine is closed. */
  readonly profilePrefix?: string
}

/** The loaded graph of a model folder. */
export interface LoadedGraph {
  readonly session: InferenceSession
  readonly manifest: Manifest
  readonly description: EngineDescription
}

/** A graph that Tandem built (models/src/graph-contract.ts). */
export interface ModelSession extends LoadedGraph {
  readonly feeds: GraphFeeds
}

export type Outputs = InferenceSession.OnnxValueMapType

/**
 * Loads a graph that Tandem built.
 * @param preferredOutputLocation names the outputs that stay on the device
 * @throws Error as openGraph does, and if the graph is not what the manifest says
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

/**
 * Loads any graph of a model folder.
 * @throws Error if it is not a model folder, or if the device is not available
 */
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
 * Creates the session. For WebGPU it changes our graph: the device would round int8 activations in
 * its own way, it would sort whole rows for their best ids, and its shaders may ignore NaN. So the
 * host, which has the logits anyway, summarises them.
 */
async function createSession(
  folder: string,
  { exportedGraph }: Manifest,
  { kind }: ComputeDevice,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  const path = join(folder, graphFileName)
  if (kind !== 'webgpu' || exportedGraph !== null) return InferenceSession.create(path, options)
  const { withFloatActivations, withoutReaders } = await import('@tandem/models/graphs')
  // onnxruntime finds the weights next to the graph by this path.
  const extra = { session: { model_external_initializers_file_folder_path: folder } }
  const graph = withoutReaders(withFloatActivations(await readFile(path)), graphOutputs.logits)
  return InferenceSession.create(graph, { ...options, extra })
}

/** Options of an onnxruntime session on a device. */
export function sessionOptions({ kind, unit }: ComputeDevice, threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: [kind === 'cuda' ? { name: kind, deviceId: unit } : kind],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    // Otherwise onnxruntime keeps a memory plan for every length that a cache ever had.
    enableMemPattern: false,
    // Hides the optimiser's warnings: they are for the author of the graph.
    logSeverityLevel: 3,
    // Otherwise idle threads spin and slow down the other service on the same machine.
    ...(threads > 1 ? { extra: { session: { force_spinning_stop: '1' } } } : {}),
  }
}

function nameOf({ kind, unit }: ComputeDevice, threads: number): string {
  if (kind === 'cpu') return `cpu, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
  return kind === 'cuda' ? `cuda:${unit}` : kind
}

/**
 * Returns a float32 output.
 * @throws Error if the graph returned no such output in host memory
 */
export function floats(outputs: Outputs, name: string): Float32Array {
  const data = outputs[name]?.data
  if (!(data instanceof Float32Array)) throw new Error(`the graph returned no float32 output "${name}"`)
  return data
}
