import { loadManifest } from '@tandem/models/folder'
import { messageOf } from '@tandem/process'
import type { ComputeDevice } from '../compute-device.js'
import type { Engine } from '../engine.js'
import type { ModelSettings } from './model-session.js'

/** onnx/ runs models in onnxruntime; it does not know session ids, schedules or ports. */

/** The model folder to load, and the devices to try. */
export interface OnnxSettings extends Omit<ModelSettings, 'device'> {
  /** Devices in the order in which they are tried. */
  readonly devices: readonly ComputeDevice[]
}

/**
 * Loads a model on the first of the devices that can run it.
 * @throws Error with the reason for each device if none can
 */
export async function loadEngine({ devices, ...settings }: OnnxSettings): Promise<Engine> {
  const { exportedGraph } = await loadManifest(settings.folder)
  const reasons: string[] = []
  for (const device of devices) {
    try {
      return await (await engineFor(device, exportedGraph !== null)).load({ ...settings, device })
    } catch (error) {
      if (device.kind === 'cpu') throw error
      reasons.push(`${device.kind}: ${reasonOf(error)}`)
    }
  }
  throw new Error(
    `no device of TANDEM_DEVICE can be used (${reasons.join('; ')}). Set TANDEM_DEVICE=${devices.map(({ kind }) => kind).join(',')},cpu to fall back to the CPU.`,
  )
}

/** Loads the code of one engine only. */
async function engineFor({ kind }: ComputeDevice, isExported: boolean) {
  if (isExported) return (await import('./exported-engine.js')).ExportedEngine
  return kind === 'webgpu'
    ? (await import('./device-engine.js')).DeviceEngine
    : (await import('./onnx-engine.js')).OnnxEngine
}

/**
 * Removes the source location and the failed condition that onnxruntime puts before its message.
 */
function reasonOf(error: unknown): string {
  const message = messageOf(error)
  if (/_Cuda: Failed to load shared library/.test(message)) return noCuda
  return message.replace(/^\S+\.cc:\d+ .* was false\. /, '').trim()
}

const noCuda =
  "onnxruntime's CUDA libraries are not installed, or cannot be loaded here; install them with " +
  '"ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install" in Tandem\'s folder'
