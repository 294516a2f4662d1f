import type { Context } from '../context.js'
import { isHubName } from '../source-text/hub-name.js'
import { findSource, type Source } from './source.js'

/**
 * Finds what a source is, as `findSource`. Downloads a model of the hub first.
 * @param option the name of the source in messages, e.g. `--sft`
 * @throws Error as `findSource` and `pullHub`
 */
export const resolveSource = async (source: string, option: string, context: Context): Promise<Source> =>
  findSource(await resolveSourcePath(source, option, context), option)

/**
 * Downloads a model of the hub and returns its path; returns any other source unchanged.
 * @throws Error as `pullHub`
 */
export async function resolveSourcePath(source: string, option: string, context: Context): Promise<string> {
  if (!isHubName(source)) return source
  const { pullHub } = await import('../pull/hub/pull-hub.js')
  return pullHub(source, context, option)
}
