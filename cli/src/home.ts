import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

/** Where Tandem keeps what it pulled and built. Everything below can be deleted at any time and is made again. */
export interface Home {
  readonly folder: string
  /** Files of the catalog, each in a folder named by its hash. */
  readonly weights: string
  /** What was pulled from the Hugging Face hub, by repository and commit. */
  readonly hub: string
  /** Model folders, named `<name>-<key>`. */
  readonly models: string
  /** Where a wheel that was taken by hand is looked for. */
  readonly downloads: string
  readonly locks: string
}

/** `TANDEM_HOME`, else the place that the platform has for a user's caches. */
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
