import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pullHub } from '../pull/hub/pull-hub.js'
import { createHubContext } from './hub-context.js'
import { type HubServer, type ServedRepo, startHubServer } from './hub-server.js'
import { readFolder } from './read-folder.js'

/** The text files of `tiny/sft`. */
export const textNames = [
  'chat_template.jinja',
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
]

/** A hub that serves `tiny/sft`, with a cache in a temporary folder. */
export class TinyHub {
  /** All output of the pulls. */
  words = ''

  private constructor(
    readonly folder: string,
    readonly hub: HubServer,
  ) {}

  static async start(): Promise<TinyHub> {
    const files = await readFolder(fixturePath('tiny/llama-tied'))
    return new TinyHub(await mkdtemp(join(tmpdir(), 'tandem-hub-')), await startHubServer({ 'tiny/sft': { files } }))
  }

  /** Pulls a source as `--sft`. */
  pull(
    source: string,
    environment: NodeJS.ProcessEnv = {},
    signal: AbortSignal = new AbortController().signal,
  ): Promise<string> {
    const context = createHubContext(this.folder, this.hub, (text) => {
      this.words += text
    })
    return pullHub(source, { ...context, environment: { ...context.environment, ...environment }, signal }, '--sft')
  }

  /** Serves the files of `tiny/sft` with changes; null removes a file. */
  serve(
    repo: string,
    changes: Readonly<Record<string, Uint8Array | string | null>>,
    more: Partial<ServedRepo> = {},
  ): void {
    const files = new Map(this.hub.repos.get('tiny/sft')?.files)
    for (const [name, content] of Object.entries(changes))
      if (content === null) files.delete(name)
      else files.set(name, typeof content === 'string' ? new TextEncoder().encode(content) : content)
    this.hub.repos.set(repo, { files, ...more })
  }

  /** Returns the requests for weights, except the ranges that read the header of a GGUF file. */
  weightRequests = () =>
    this.hub.requests.filter((line) => /\/resolve\/.*\.(safetensors|bin|gguf|onnx([._]data)?)$/.test(line))

  async close(): Promise<void> {
    await this.hub.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** Returns the path of a file in test/fixtures. */
export const fixturePath = (name: string) => fileURLToPath(new URL(`../../../test/fixtures/${name}`, import.meta.url))
