import { loadManifest } from '@tandem/models'
import type { ComputeDevice } from '../compute-device.js'
import { DeviceEngine } from './device-engine.js'
import type { Engine } from '../engine.js'
import { ExportedEngine } from './exported-engine.js'
import type { ModelSettings } from './model-session.js'
import { OnnxEngine } from './onnx-engine.js'

export interface OnnxSettings extends Omit<ModelSettings, 'device'> {
  /** In the order in which they are tried. */
  devices: readonly ComputeDevice[]
}

/**
 * Loads a model on the first of the devices that takes it.
 * @throws Error telling why none did
 */
export async function loadEngine({ devices, ...settings }: OnnxSettings): Promise<Engine> {
  const { exportedGraph } = await loadManifest(settings.folder)
  const reasons: string[] = []
  for (const device of devices) {
    try {
      return await engineFor(device, exportedGraph !== null).load({ ...settings, device })
    } catch (error) {
      if (device.kind === 'cpu') throw error
      reasons.push(`${device.kind}: ${reasonOf(error)}`)
    }
  }
  throw new Error(
    `no device of TANDEM_DEVICE can be used (${reasons.join('; ')}). Set TANDEM_DEVICE=${devices.map(({ kind }) => kind).join(',')},cpu to fall back to the CPU.`,
  )
}

function engineFor({ kind }: ComputeDevice, isExported: boolean) {
  if (isExported) return ExportedEngine
  return kind === 'webgpu' ? DeviceEngine : OnnxEngine
}

/** onnxruntime puts a place in its own source and the condition that failed there before what it says. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  if (/_Cuda: Failed to load shared library/.test(message)) return noCuda
  return message.replace(/^\S+\.cc:\d+ .* was false\. /, '').trim()
}

const noCuda =
  "onnxruntime's CUDA libraries are not installed, or do not load here; install them with " +
  '"ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install" in Tandem\'s folder'
