import { KeyError, parseKeyFile, readKeyFile } from '@tandem/gateway/access'
import { hostOf, isLoopbackHost, plaintextAdvice, toGrpcSecurity } from '@tandem/process'
import { resolveMetricsAddress } from '@tandem/telemetry/settings'
import { type LoadedSettings, labelOf } from '../config/load-settings.js'
import { validateSources } from '../sources/validate-sources.js'
import { assertKeysFor } from '../stack/listen.js'
import { givenServices, withLabels } from './explain-start-errors.js'

/** Checks the file of API keys as the gateway does. @throws Error that names the wrong line */
async function assertKeyFile(loaded: LoadedSettings): Promise<void> {
  const { api_keys_file: file } = loaded.settings
  if (file === undefined) return
  try {
    parseKeyFile(await readKeyFile(file), file)
  } catch (error) {
    throw error instanceof KeyError ? new Error(`${labelOf(loaded, 'api_keys_file')}: ${error.message}`) : error
  }
}

/** Checks that no other machine can read the metrics without a key. */
async function assertMetricsAccess(loaded: LoadedSettings): Promise<void> {
  const { metrics = 'off', metrics_key: key = null, metrics_insecure: isInsecure = false } = loaded.settings.telemetry
  if (metrics === 'off') return
  try {
    await resolveMetricsAddress(metrics, { metricsKey: key, isMetricsInsecure: isInsecure })
  } catch (error) {
    throw error instanceof Error ? new Error(withLabels(error.message, loaded), { cause: error }) : error
  }
}

/**
 * Checks what can be known from the settings only, without looking at any model.
 * @throws Error saying what is wrong and what to do instead
 */
export async function validateSettings(loaded: LoadedSettings): Promise<void> {
  const { settings } = loaded
  await assertKeysFor(settings.host, settings, labelOf(loaded, 'host'))
  await assertKeyFile(loaded)
  await assertMetricsAccess(loaded)
  validateSources(loaded)
  await assertSecureServices(loaded)
}

/** Asks the gateway's rule before anything is built or started. */
async function assertSecureServices(loaded: LoadedSettings): Promise<void> {
  const { tls_ca, tls_cert, tls_key, insecure_grpc = false } = loaded.settings
  const security = toGrpcSecurity({
    TANDEM_TLS_CA: tls_ca,
    TANDEM_TLS_CERT: tls_cert,
    TANDEM_TLS_KEY: tls_key,
    TANDEM_INSECURE_GRPC: insecure_grpc,
  })
  if (security.tls !== null || security.allowsPlaintext) return
  for (const { label, address } of givenServices(loaded))
    if (!(await isLoopbackHost(hostOf(address))))
      throw new Error(
        `${label} names the service at ${address}, which may be on another machine, and there is no TLS: ` +
          plaintextAdvice,
      )
}
