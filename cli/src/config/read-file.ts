import { open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { expectationOf } from '@tandem/process'
import { z } from 'zod'
import { isHubName } from '../source-text/hub-name.js'
import { isService } from '../source-text/service-address.js'
import { isWebAddress } from '../source-text/web-address.js'
import { createLayer, describeIssue, type Layer, messageOf } from './layer.js'
import { suggestName } from './nearest-name.js'
import { extraModelSchema, type Settings, settingKeys, settingsSchema } from './settings.js'
import { telemetryKeys } from './telemetry-settings.js'
import { parseYaml, type YamlValue } from './yaml-lines.js'

const maxBytes = 1024 * 1024

const keysSchema = z.union([settingsSchema.shape.api_keys, z.strictObject({ environment: z.string().min(1) })], {
  error: 'expected a list of keys, or {environment: NAME} to read them from a variable',
})
const fileSchema = settingsSchema.extend({ api_keys: keysSchema.optional() })

/**
 * Reads a settings file. Paths in it are relative to its folder.
 * @param path the file, relative to `folder`; messages show it
 * @throws Error with the line, what was found and what was expected
 */
export async function readSettingsFile(path: string, folder: string, environment: NodeJS.ProcessEnv): Promise<Layer> {
  const absolute = resolve(folder, path)
  const yaml = parseYaml(await readText(absolute, path), path)
  const result = fileSchema.safeParse(yaml.value ?? {}, { error: expectationOf })
  if (!result.success)
    throw new Error(result.error.issues.flatMap((issue) => describeFault(issue, yaml, path)).join('\n'))
  const { api_keys: keys, ...settings } = result.data
  const at = (...parts: readonly string[]) => `${path}:${yaml.lineOf(parts)}`
  const found = keys === undefined || Array.isArray(keys) ? keys : readKeys(keys.environment, environment, at)
  const placed = placeSources({ ...settings, api_keys: found }, dirname(absolute))
  return createLayer(placed, (parts) => ({ kind: 'file', at: at(...parts) }))
}

async function readText(absolute: string, path: string): Promise<string> {
  const file = await open(absolute).catch((cause: unknown) => {
    throw new Error(`--config ${path}: the file does not exist or cannot be read`, { cause })
  })
  try {
    const found = await file.stat()
    if (!found.isFile() || found.size > maxBytes) {
      const what = found.isDirectory() ? 'a folder' : found.isFile() ? `a file of ${found.size} bytes` : 'not a file'
      throw new Error(`--config ${path} is ${what}: expected a settings file of at most ${maxBytes} bytes`)
    }
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

function describeFault(issue: z.core.$ZodIssue, yaml: YamlValue, file: string): string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => `${file}:${yaml.lineOf([...issue.path, key])}: ${describeUnknown(issue.path, key)}`)
  const place = `${file}:${yaml.lineOf(issue.path)}:`
  if (issue.path.length === 0) return [`${place} expected keys with values, e.g. "port: 8080"`]
  const found = issue.path.reduce<unknown>(
    (value, part) => (typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined),
    yaml.value,
  )
  const name = issue.path.join('.')
  return [describeIssue(`${place} ${name}`, name, found, messageOf(issue))]
}

/** @param path the keys above the unknown one */
function describeUnknown(path: readonly PropertyKey[], key: string): string {
  if (path[0] === 'telemetry') {
    const known = telemetryKeys.map((own) => `telemetry.${own}`)
    return `unknown key "telemetry.${key}"; ${suggestName(`telemetry.${key}`, known)}`
  }
  const [group, own] = key.split('.')
  if (path.length === 0 && settingKeys.some((known) => known === key))
    return `unknown key "${key}"; write "${group}: { ${own}: ... }"`
  const where = path.length === 0 ? '' : ` in ${path.join('.')}`
  const known = path.length === 0 ? settingsSchema.keyof().options : extraModelSchema.keyof().options
  return `unknown key "${key}"${where}; ${suggestName(key, known)}`
}

function readKeys(variable: string, environment: NodeJS.ProcessEnv, at: (key: string) => string): string[] {
  const keys = (environment[variable] ?? '').split(',').map((key) => key.trim())
  const named = keys.filter((key) => key !== '')
  if (named.length > 0) return named
  throw new Error(`${at('api_keys')}: api_keys names the variable ${variable}, which has no keys; set it to key1,key2`)
}

/** Keys that hold the path of a file. */
const fileKeys = ['tls_ca', 'tls_cert', 'tls_key'] as const

const placeFiles = (settings: Settings, folder: string): Partial<Settings> =>
  Object.fromEntries(
    fileKeys.flatMap((key) => {
      const path = settings[key]
      return path === undefined ? [] : [[key, resolve(folder, path)]]
    }),
  )

function placeSources(settings: Settings, folder: string): Settings {
  const isElsewhere = (source: string) => isService(source) || isHubName(source) || isWebAddress(source)
  const place = (source: string) => (isElsewhere(source) ? source : resolve(folder, source))
  const placeAll = (models: Settings['models']) =>
    models &&
    Object.fromEntries(
      Object.entries(models).map(([name, { source, base, ...others }]) => [
        name,
        { ...others, source: place(source), ...(base === undefined ? {} : { base: place(base) }) },
      ]),
    )
  return {
    ...settings,
    ...placeFiles(settings, folder),
    ...(settings.sft === undefined ? {} : { sft: place(settings.sft) }),
    ...(settings.api_keys_file === undefined ? {} : { api_keys_file: resolve(folder, settings.api_keys_file) }),
    ...(settings.dpo === undefined ? {} : { dpo: place(settings.dpo) }),
    models: placeAll(settings.models),
    rewards: placeAll(settings.rewards),
  }
}
