import { timingSafeEqual } from 'node:crypto'
import { type ApiKey, createKeys } from './api-key.js'
import { digestKey } from './digest-key.js'
import { parseKeyFile, readKeyFile } from './key-file.js'
import type { KeyLimits } from './key-limits.js'
import { KeyError } from './parse-key-line.js'

/** Settings of the API keys. */
export interface KeySettings {
  readonly keys: readonly string[]
  /** The path of a file of more keys; null without one. */
  readonly file?: string | null
  readonly defaults?: KeyLimits
  /** The clock of the limits, in milliseconds. Default: `performance.now()`. */
  readonly now?: () => number
}

/** What a key store reports. */
export interface KeyLog {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Interval at which the file is read again, in milliseconds. */
const pollMs = 2_000

/**
 * The API keys that are valid now. A file of keys is read again every two seconds: notifications of
 * file systems do not work for mounted secrets of Kubernetes, which are replaced by symbolic links.
 */
export class KeyStore {
  private keys: readonly ApiKey[]
  /** The text of the file that is in use, and the one that was read last. */
  private text: string | null = null
  private lastText: string | null = null
  private lastFault: string | null = null
  private timer: NodeJS.Timeout | undefined

  /**
   * Creates a store of the keys of the environment.
   * @throws KeyError if there are too many, or a key is there twice
   */
  constructor(private readonly settings: KeySettings) {
    this.keys = createKeys({ ...settings, entries: [] })
  }

  /** Creates a store and reads the file. @throws KeyError that names the wrong line */
  static async open(settings: KeySettings): Promise<KeyStore> {
    const store = new KeyStore(settings)
    if (settings.file) store.use(await readKeyFile(settings.file), settings.file)
    return store
  }

  /** Without keys every request may pass. */
  get isEmpty(): boolean {
    return this.keys.length === 0
  }

  /** Finds a key. The time does not depend on which one it is. */
  find(text: string): ApiKey | null {
    const digest = digestKey(text)
    let found: ApiKey | null = null
    for (const key of this.keys) if (timingSafeEqual(key.digest, digest)) found = key
    return found
  }

  /** Reads the file again every two seconds, until `close`. */
  watch(log: KeyLog): void {
    if (!this.settings.file) return
    this.timer = setTimeout(async () => {
      await this.poll(log)
      if (this.timer) this.watch(log)
    }, pollMs).unref()
  }

  /** Ends `watch`. */
  close(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  /**
   * Reads the file, and uses its keys if it has changed. A change counts when two reads in a row
   * have found it, so that a file that is being written is not used. A file with a fault changes
   * nothing.
   */
  async poll(log: KeyLog): Promise<void> {
    const { file } = this.settings
    if (!file) return
    try {
      const text = await readKeyFile(file)
      const isStable = text === this.lastText
      this.lastText = text
      if (!isStable) return
      if (text !== this.text) {
        this.use(text, file)
        log.info({ file, keys: this.keys.length }, 'the API keys were read again')
      }
      this.lastFault = null
    } catch (error) {
      this.report(error, log)
    }
  }

  private use(text: string, file: string): void {
    const entries = parseKeyFile(text, file)
    this.keys = createKeys({ ...this.settings, entries }, this.keys)
    this.text = text
    this.lastText = text
  }

  /** Logs each fault once, not every two seconds. */
  private report(error: unknown, log: KeyLog): void {
    const fault = error instanceof KeyError ? error.message : String(error)
    if (fault !== this.lastFault)
      log.error({ fault }, 'the file of API keys cannot be used, so the previous keys stay valid')
    this.lastFault = fault
  }
}
