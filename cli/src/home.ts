import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * The folders for what Tandem pulled and built. Everything in them can be deleted at any time and
 * is made again.
 */
export interface Home {
  readonly folder: string
  /** Weights of the catalog, each file in a folder that its hash names. */
  readonly weights: string
  /** Files from the Hugging Face hub, by repository and commit. */
  readonly hub: string
  /** Model folders, named `<name>-<key>`. */
  readonly models: string
  /** Where Tandem looks for a wheel that a person has put there. */
  readonly downloads: string
  /** Lock files. */
  readonly locks: string
}

/** Returns the folders below `TANDEM_HOME`, or below the platform's folder for user caches. */
export function findHome(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  userFolder: string = homedir(),
): Home {
  const folder = resolve(environment.TANDEM_HOME || join(cacheFolder(environment, platform, userFolder), 'tandem'))
  const below = (name: string) => join(folder, name)
  return {
    folder,
    weights: below('weights'),
    hub: below('hub'),
    models: below('models'),
    downloads: below('downloads'),
    locks: below('locks'),
  }
}

function cacheFolder(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform, userFolder: string): string {
  if (platform === 'win32') return environment.LOCALAPPDATA || join(userFolder, 'AppData', 'Local')
  if (platform === 'darwin') return join(userFolder, 'Library', 'Caches')
  return environment.XDG_CACHE_HOME || join(userFolder, '.cache')
}
