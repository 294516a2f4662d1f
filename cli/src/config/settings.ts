import { gatewayEnvironmentSchema, maxOrigins, originSchema } from '@tandem/gateway/config'
import { adapterScaleSchema, precisions } from '@tandem/models/folder'
import { functionNames, integerVariable, modelNameSchema, rewardNameSchema } from '@tandem/process'
import { logitEnvironmentSchema } from '@tandem/services'
import { z } from 'zod'
import { type TelemetryKey, telemetryKeys, telemetrySchema, telemetryVariables } from './telemetry-settings.js'

const gateway = gatewayEnvironmentSchema.shape
const services = logitEnvironmentSchema.shape
/** The variables of the gateway and the services, with the schemas that parse their texts. */
export const processVariables: Readonly<Record<string, z.ZodType>> = { ...services, ...gateway }

/** Checks a number by the schema that a process has for its text. */
const number = (ofProcess: z.ZodType<number, unknown>) =>
  z
    .number()
    .transform((value): unknown => value)
    .pipe(ofProcess)

const pairModels = [
  ['sft', 'is a model of the pair: give it with --sft, or as "sft" in the file'],
  ['dpo', 'is a model of the pair: give it with --dpo, or as "dpo" in the file'],
] as const
const functions = functionNames.map((name) => [name, 'is a function in formulas: choose another name'] as const)

/** Refuses names that already mean something else. */
const withoutReserved = (schema: z.ZodString, reserved: readonly (readonly [string, string])[]) =>
  schema.superRefine((name, context) => {
    const meaning = new Map(reserved).get(name)
    if (meaning !== undefined) context.addIssue({ code: 'custom', message: `"${name}" ${meaning}` })
  })

/** The name of an additional model, which a formula can use. */
export const extraModelNameSchema = withoutReserved(modelNameSchema, [...pairModels, ...functions])
const rewardModelNameSchema = withoutReserved(rewardNameSchema, pairModels)

const source = z.string().min(1)
/** Maximum number of services that are started for one model. */
export const maxReplicas = 16
/** An additional model with more than a source. */
export const extraModelSchema = z.strictObject(
  {
    source,
    /** The base of a LoRA adapter. Default: the pair's SFT model. */
    base: source.optional(),
    precision: z.enum(precisions).optional(),
    /** A factor of the scale of a LoRA adapter. */
    adapter_scale: adapterScaleSchema.optional(),
  },
  { error: ({ code }) => (code === 'invalid_type' ? 'expected a source, or {source: ..., base: ...}' : undefined) },
)
const sourceOrModel = z.preprocess((value) => (typeof value === 'string' ? { source: value } : value), extraModelSchema)

const apiKey = z
  .string()
  .regex(/^[^,\s]([^,]*[^,\s])?$/, 'a key must not be empty, contain a comma, or begin or end with a space')

const tuneAdvice =
  'expected true or false. To measure which is faster here, delete this line and run "tandem tune" with this file'

/** All settings of `tandem up`, in one form for every origin. */
export const settingsSchema = z
  .strictObject({
    pair: z.string().min(1),
    sft: source,
    dpo: source,
    models: z.record(extraModelNameSchema, sourceOrModel),
    rewards: z.record(rewardModelNameSchema, sourceOrModel),
    precision: z.enum(precisions),
    adapter_scale: adapterScaleSchema,
    paired: z.boolean({ error: ({ input }) => (input === 'auto' ? tuneAdvice : 'expected true or false') }),
    name: gateway.TANDEM_PAIR.unwrap(),
    template_from: gateway.TANDEM_TEMPLATE_FROM.unwrap(),
    end_tokens: z.array(z.string().min(1)).max(64),
    tls_ca: gateway.TANDEM_TLS_CA.unwrap(),
    tls_cert: gateway.TANDEM_TLS_CERT.unwrap(),
    tls_key: gateway.TANDEM_TLS_KEY.unwrap(),
    tls_server_name: gateway.TANDEM_TLS_SERVER_NAME.unwrap(),
    insecure_grpc: z.boolean(),
    host: gateway.TANDEM_HOST.unwrap(),
    port: number(gateway.TANDEM_PORT),
    api_keys: z.array(apiKey),
    api_keys_file: gateway.TANDEM_API_KEYS_FILE.unwrap(),
    key_concurrent: number(gateway.TANDEM_KEY_CONCURRENT.unwrap()),
    key_requests_per_minute: number(gateway.TANDEM_KEY_REQUESTS_PER_MINUTE.unwrap()),
    key_tokens_per_minute: number(gateway.TANDEM_KEY_TOKENS_PER_MINUTE.unwrap()),
    cors_origins: z.array(originSchema).max(maxOrigins),
    max_concurrent: number(gateway.TANDEM_MAX_CONCURRENT),
    max_waiting: number(gateway.TANDEM_MAX_WAITING),
    max_prompt_tokens: number(gateway.TANDEM_MAX_PROMPT_TOKENS),
    max_body_bytes: number(gateway.TANDEM_MAX_BODY_BYTES),
    request_timeout_ms: number(gateway.TANDEM_REQUEST_TIMEOUT_MS),
    receive_timeout_ms: number(gateway.TANDEM_RECEIVE_TIMEOUT_MS),
    ping_ms: number(gateway.TANDEM_PING_MS),
    start_timeout_ms: number(gateway.TANDEM_START_TIMEOUT_MS),
    drain_ms: number(gateway.TANDEM_DRAIN_MS),
    resolve_ms: number(gateway.TANDEM_RESOLVE_MS),
    hang_ms: number(gateway.TANDEM_HANG_MS),
    max_replays: number(gateway.TANDEM_MAX_REPLAYS),
    replay_timeout_ms: number(gateway.TANDEM_REPLAY_TIMEOUT_MS),
    drain_delay_ms: number(gateway.TANDEM_DRAIN_DELAY_MS),
    device: z.string().refine((text) => services.TANDEM_DEVICE.safeParse(text).success, {
      error: 'expected cpu, webgpu, cuda or cuda:N, or a list in the order to try, e.g. webgpu,cpu',
    }),
    replicas: number(integerVariable(1, maxReplicas)),
    threads: number(services.TANDEM_THREADS.unwrap()),
    kv_bytes: number(services.TANDEM_KV_BYTES.unwrap()),
    max_sessions: number(services.TANDEM_MAX_SESSIONS),
    max_queue: number(services.TANDEM_MAX_QUEUE),
    max_batch: number(services.TANDEM_MAX_BATCH),
    prefill_chunk: number(services.TANDEM_PREFILL_CHUNK),
    session_ttl_ms: number(services.TANDEM_SESSION_TTL_MS),
    handover_ms: number(services.TANDEM_HANDOVER_MS),
    strict: z.boolean(),
    reflection: z.boolean(),
    log_level: gateway.TANDEM_LOG_LEVEL.unwrap(),
    telemetry: telemetrySchema,
  })
  .partial()

/** Parsed settings. Keys that are not set are missing. */
export type Settings = z.output<typeof settingsSchema>

/** Keys whose values have keys of their own, each of which is a setting: `telemetry.endpoint`. */
type Group = 'telemetry'
/** A key of tandem.yaml, with a dot before a key of a group. */
export type SettingKey = Exclude<keyof Settings, Group> | `telemetry.${TelemetryKey}`

/** All keys, in the order of the documentation. */
export const settingKeys: readonly SettingKey[] = settingsSchema
  .keyof()
  .options.flatMap((key): readonly SettingKey[] =>
    key === 'telemetry' ? telemetryKeys.map((own) => `telemetry.${own}` as const) : [key],
  )

/** Returns the key below `telemetry`; null for other settings. */
export function telemetryKeyOf(key: SettingKey): TelemetryKey | null {
  const [group, own] = key.split('.')
  return group === 'telemetry' ? (telemetryKeys.find((known) => known === own) ?? null) : null
}

/** Returns the schema of one setting. */
export function schemaOf(key: SettingKey): z.ZodType {
  const own = telemetryKeyOf(key)
  return own === null
    ? settingsSchema.shape[key as Exclude<SettingKey, `telemetry.${string}`>]
    : telemetrySchema.shape[own]
}

const withoutVariable: ReadonlySet<SettingKey> = new Set(['pair', 'precision', 'adapter_scale', 'paired', 'replicas'])

/** Returns the environment variable of a setting; null if it has none. */
export function variableOf(key: SettingKey): string | null {
  const own = telemetryKeyOf(key)
  if (own !== null) return telemetryVariables[own]
  if (key === 'name') return 'TANDEM_PAIR'
  return withoutVariable.has(key) ? null : `TANDEM_${key.toUpperCase()}`
}

/** The flags of `tandem up` by setting. */
export const flagNames: Partial<Readonly<Record<SettingKey, string>>> = {
  pair: '--pair',
  sft: '--sft',
  dpo: '--dpo',
  models: '--model',
  rewards: '--reward',
  precision: '--precision',
  adapter_scale: '--adapter-scale',
  paired: '--paired',
  name: '--name',
  template_from: '--template-from',
  host: '--host',
  port: '--port',
  api_keys: '--api-key',
  device: '--device',
  replicas: '--replicas',
  threads: '--threads',
  'telemetry.metrics': '--metrics',
}
