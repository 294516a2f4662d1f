import { readFile, writeFile } from 'node:fs/promises'
import { parseDocument } from 'yaml'
import type { SettingKey } from './settings.js'

/**
 * Sets one key of a settings file, and keeps its other keys and its comments. Creates the file if
 * it is missing.
 * @param path a file that `readSettingsFile` accepts, or a path where there is no file yet
 */
export async function writeSetting(path: string, key: SettingKey, value: boolean): Promise<void> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException): string => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const document = parseDocument(text)
  document.set(key, value)
  // 0: long lines stay as they are.
  await writeFile(path, document.toString({ lineWidth: 0 }), { flush: true })
}
