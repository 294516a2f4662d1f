import type { Context } from '../context.js'
import { isHubName } from '../source-text/hub-name.js'
import { pullHub } from '../pull/hub/pull-hub.js'
import { findSource, type Source } from './source.js'

/**
 * Says what a source is, as `findSource`; what is on the hub is pulled first.
 * @param option how messages name it, e.g. `--sft`
 * @throws Error as `findSource` and `pullHub`
 */
export const resolveSource = async (source: string, option: string, context: Context): Promise<Source> =>
  findSource(await resolveSourcePath(source, option, context), option)

/** The path of a source on the hub, pulled; any other source as it is. @throws Error as `pullHub` */
export const resolveSourcePath = async (source: string, option: string, context: Context): Promise<string> =>
  isHubName(source) ? pullHub(source, context, option) : source
