import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import { messageOf } from '@tandem/process'
import { z } from 'zod'
import type { Context } from '../context.js'
import { type Finding, fail, ok } from './finding.js'

const name = 'onnxruntime'
const limitMs = 30_000
const providersSchema = z.array(z.object({ name: z.string(), bundled: z.boolean() })).min(1)
const advice =
  'run "npm ci" in Tandem\'s folder. onnxruntime-node has binaries for Linux with glibc ' +
  '(not with musl, e.g. Alpine), Windows (both x64 and arm64) and macOS (arm64)'

/**
 * Loads onnxruntime as the services do, in a separate process: a binary for another machine may
 * crash.
 */
export async function checkRuntime({ findModule, signal }: Pick<Context, 'findModule' | 'signal'>): Promise<Finding> {
  try {
    const path = createRequire(findModule('@tandem/services/logit-main')).resolve('onnxruntime-node')
    const script = `process.stdout.write(JSON.stringify(require(${JSON.stringify(path)}).listSupportedBackends()))`
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { signal, timeout: limitMs })
    return describe(providersSchema.parse(JSON.parse(stdout)))
  } catch (error) {
    signal.throwIfAborted()
    return fail(name, `does not load: ${firstLine(error)}`, advice)
  }
}

function describe(providers: z.infer<typeof providersSchema>): Finding {
  const names = (isBundled: boolean) =>
    providers.filter(({ bundled }) => bundled === isBundled).map((each) => each.name)
  const others = names(false)
  const more = others.length === 0 ? '' : `; not installed: ${others.join(', ')}`
  return ok(name, `providers ${names(true).join(', ')}${more}`)
}

/** Returns the error line of a failed process, without its command line. */
const firstLine = (error: unknown) => {
  const text = messageOf(error)
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.find((line) => /^\w*Error: /.test(line)) ?? lines[0] ?? 'no message'
}
