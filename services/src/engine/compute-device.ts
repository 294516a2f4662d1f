import { z } from 'zod'

/** What onnxruntime computes on: "cpu", "webgpu", "cuda", or one of several cards, "cuda:1". */
export interface ComputeDevice {
  readonly kind: 'cpu' | 'webgpu' | 'cuda'
  /** Index of the accelerator; 0 for a CPU. */
  readonly unit: number
}

export const cpu: ComputeDevice = { kind: 'cpu', unit: 0 }

/** Devices in the order in which they are tried: "webgpu,cpu". A single device has no fallback. */
export const computeDevicesSchema = z.string().transform((text, context): ComputeDevice[] =>
  text.split(',').map((name) => {
    const [, kind, unit] = /^(cpu|webgpu|cuda)(?::(\d{1,2}))?$/.exec(name.trim()) ?? []
    if (kind === 'cuda' || (unit === undefined && (kind === 'cpu' || kind === 'webgpu')))
      return { kind, unit: Number(unit ?? 0) }
    context.addIssue({
      code: 'custom',
      message: `is "${text}": expected cpu, webgpu, cuda or cuda:N, or several of them in the order to try, e.g. webgpu,cpu`,
    })
    return z.NEVER
  }),
)
