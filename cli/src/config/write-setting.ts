import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml'
import type { SettingKey } from './settings.js'

/**
 * Sets one key of a settings file and changes nothing else in it: its value is replaced, or a line
 * is added at the end. Creates the file if it is missing. The file is replaced as a whole, so that
 * it is complete even if the write fails.
 * @param path a file that `readSettingsFile` accepts, or a path where there is no file yet
 * @throws Error if the file cannot be changed in this way, such as a flow map; nothing is written
 */
export async function writeSetting(path: string, key: SettingKey, value: boolean): Promise<void> {
  const old = await readExisting(path)
  const target = old?.path ?? path
  const temporary = `${target}.${process.pid}.tmp`
  try {
    await writeFile(temporary, setKey(path, old?.text ?? '', key, value), { flush: true, mode: old?.mode ?? 0o666 })
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** The file behind a link: a rename would replace the link. Null if there is no file. */
async function readExisting(path: string): Promise<{ path: string; text: string; mode: number } | null> {
  try {
    const real = await realpath(path)
    return { path: real, text: await readFile(real, 'utf8'), mode: (await stat(real)).mode }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function setKey(path: string, text: string, key: string, value: boolean): string {
  const { contents } = parseDocument(text)
  const range = isMap(contents) ? rangeOfValue(contents, key) : undefined
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const separator = text === '' || text.endsWith('\n') ? '' : newline
  const changed = range
    ? text.slice(0, range[0]) + String(value) + text.slice(range[1])
    : `${text}${separator}${key}: ${value}${newline}`
  // Aliases, document ends and indented or flow maps: what was meant is not sure then.
  if (!isDeepStrictEqual(readKeys(changed), { ...readKeys(text), [key]: value }))
    throw new Error(`cannot set ${key} in ${path} without changing the rest of it: write "${key}: ${value}" yourself`)
  return changed
}

/** The keys and values of a settings file; null if it is not valid. */
function readKeys(text: string): Readonly<Record<string, unknown>> | null {
  const document = parseDocument(text)
  const keys: unknown = document.errors.length === 0 ? document.toJS() : null
  return typeof keys === 'object' ? { ...keys } : null
}

/** Start and end of the value of a key, as offsets in the text; undefined if it has no value. */
function rangeOfValue(map: YAMLMap, key: string): readonly [number, number] | undefined {
  const pair = map.items.find((item) => isScalar(item.key) && item.key.value === key)
  const range = isScalar(pair?.value) ? pair.value.range : undefined
  return range ? [range[0], range[1]] : undefined
}
