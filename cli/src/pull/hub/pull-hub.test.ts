import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHubContext } from '../../testing/hub-context.js'
import {
  type HubServer,
  readerToken,
  type ServedRepo,
  startHubServer,
  strangerToken,
} from '../../testing/hub-server.js'
import { readFolder } from '../../testing/read-folder.js'
import { pullHub } from './pull-hub.js'

const fixture = (name: string) => fileURLToPath(new URL(`../../../../test/fixtures/${name}`, import.meta.url))
const read = async (name: string): Promise<ServedRepo> => ({ files: await readFolder(fixture(name)) })
const text = (content: string) => new TextEncoder().encode(content)

let folder: string
let hub: HubServer
let words: string
beforeEach(async () => {
  words = ''
  folder = await mkdtemp(join(tmpdir(), 'tandem-hub-'))
  hub = await startHubServer({ 'tiny/sft': await read('tiny/llama-tied') })
})
afterEach(async () => {
  await hub.close()
  await rm(folder, { recursive: true, force: true })
})

function pull(source: string, environment: NodeJS.ProcessEnv = {}, signal = new AbortController().signal) {
  const context = createHubContext(folder, hub, (written) => {
    words += written
  })
  const given = { ...context, environment: { ...context.environment, ...environment }, signal }
  return pullHub(source, given, '--sft')
}

/** The files of `tiny/sft`, with changes; null takes one away. */
function serve(
  repo: string,
  changes: Readonly<Record<string, Uint8Array | string | null>>,
  more: Partial<ServedRepo> = {},
) {
  const files = new Map(hub.repos.get('tiny/sft')?.files)
  for (const [name, content] of Object.entries(changes))
    if (content === null) files.delete(name)
    else files.set(name, typeof content === 'string' ? text(content) : content)
  hub.repos.set(repo, { files, ...more })
}

const hashOf = (bytes: Uint8Array | undefined) =>
  createHash('sha256')
    .update(bytes ?? '')
    .digest('hex')
const weightsHash = () => hashOf(hub.repos.get('tiny/sft')?.files.get('model.safetensors'))
const toStorage = () => hub.requests.filter((line) => line.startsWith('storage'))
/** Of a GGUF file little more than the header is asked for, by a range. */
const forWeights = () => hub.requests.filter((line) => /\/resolve\/.*\.(safetensors|bin|gguf)$/.test(line))
const textNames = [
  'chat_template.jinja',
  'config.json',
  'generation_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
]

describe('what is pulled', () => {
  it('of a checkpoint the files that are read, whole, in a folder of its commit; the next time it is found by one question', async () => {
    const path = await pull('hf:tiny/sft')
    expect(path).toBe(join(folder, 'home', 'hub', 'tiny', 'sft', hub.commitOf('tiny/sft'), 'sft'))
    expect(await readdir(path)).toEqual([...textNames, 'model.safetensors'].sort())
    for (const [name, bytes] of await readFolder(path))
      expect(hashOf(bytes)).toBe(hashOf(await readFile(join(fixture('tiny/llama-tied'), name))))
    expect(words).toContain('Pulling hf:tiny/sft: download 100% of 0.5 MB')

    words = ''
    hub.requests.length = 0
    expect(await pull('hf:tiny/sft')).toBe(path)
    expect(words).toBe('')
    expect(hub.requests).toEqual([expect.stringContaining('/api/models/tiny/sft/revision/main?')])
    hub.requests.length = 0
    expect(await pull(`hf:tiny/sft@${hub.commitOf('tiny/sft')}`)).toBe(path)
    expect(hub.requests).toEqual([])
  })

  it('of shards those that the index names', async () => {
    const { files } = await read('tiny/qwen3')
    hub.repos.set('tiny/shards', { files: new Map([...files, ['consolidated.safetensors', text('x')]]) })
    const names = await readdir(await pull('hf:tiny/shards@v1.0'))
    expect(names.filter((name) => name.startsWith('model'))).toHaveLength(5)
    expect(names).not.toContain('consolidated.safetensors')
  })

  it('of an adapter its two files, config.json of its base or not', async () => {
    const { files } = await read('tiny/llama-tied+lora')
    hub.repos.set('tiny/dpo', { files: new Map([...files, ['config.json', text('{}')]]) })
    expect(await readdir(await pull('hf:tiny/dpo'))).toEqual(['adapter_config.json', 'adapter_model.safetensors'])
  })

  it('of GGUF files the one that is named, or the only one', async () => {
    const gguf = (await read('more/gguf-llama-q4_1')).files.get('model.gguf') ?? text('')
    hub.repos.set('tiny/gguf', {
      files: new Map([
        ['a b-Q4_1.gguf', gguf],
        ['sub/c.gguf', gguf],
      ]),
    })
    const path = await pull('hf:tiny/gguf')
    expect(path.endsWith(join('gguf', 'a b-Q4_1.gguf'))).toBe(true)
    expect(hashOf(await readFile(path))).toBe(hashOf(gguf))
    const named = await pull('hf:tiny/gguf/sub/c.gguf@main')
    expect(named.endsWith(join('gguf', 'sub', 'c.gguf'))).toBe(true)
    hub.faults.hasNoRanges = true
    hub.repos.set('tiny/other', { files: new Map([['x.gguf', gguf]]) })
    expect(hashOf(await readFile(await pull('hf:tiny/other')))).toBe(hashOf(gguf))
  })

  it('of a folder what lies right in it', async () => {
    const { files } = await read('tiny/llama-tied')
    hub.repos.set('tiny/steps', { files: new Map([...files].map(([name, bytes]) => [`step-9/${name}`, bytes])) })
    const path = await pull('hf:tiny/steps/step-9@refs/pr/1')
    expect(path.endsWith(join('steps', 'step-9'))).toBe(true)
    expect(await readdir(path)).toContain('model.safetensors')
  })

  it('of a branch that moved the new commit', async () => {
    const before = await pull('hf:tiny/sft')
    serve('tiny/sft', { 'generation_config.json': '{}' })
    const after = await pull('hf:tiny/sft')
    expect(after).not.toBe(before)
    expect(await readFile(join(after, 'generation_config.json'), 'utf8')).toBe('{}')
  })

  it('once where two want the same', async () => {
    const [first, second] = await Promise.all([pull('hf:tiny/sft'), pull('hf:tiny/sft')])
    expect(second).toBe(first)
    expect(words).toContain('Waiting for another process that pulls tiny/sft into ')
    expect(forWeights()).toHaveLength(1)
  })
})

describe('a download that breaks', () => {
  const half = () => {
    hub.faults.cutAfterBytes = 300_000
    hub.faults.cuts = 1
  }

  it('goes on where the connection was cut', async () => {
    half()
    hub.requests.length = 0
    const path = await pull('hf:tiny/sft')
    expect(hashOf(await readFile(join(path, 'model.safetensors')))).toBe(weightsHash())
    expect(hub.requests.some((line) => /resolve.*bytes=[1-9]\d*-$/.test(line))).toBe(true)
  })

  it('goes on where an interrupted command ended, and leaves nothing unfinished behind', async () => {
    const controller = new AbortController()
    half()
    const stop = setInterval(() => /download (25|50)%/.test(words) && controller.abort(new Error('interrupted')), 5)
    await expect(pull('hf:tiny/sft', {}, controller.signal)).rejects.toThrow('interrupted')
    clearInterval(stop)
    const commit = join(folder, 'home', 'hub', 'tiny', 'sft', hub.commitOf('tiny/sft'))
    expect(await readdir(join(commit, 'sft'))).not.toContain('model.safetensors')
    expect(await readdir(join(commit, '.unfinished'))).toHaveLength(1)

    hub.requests.length = 0
    await pull('hf:tiny/sft')
    expect(hub.requests.filter((line) => line.includes('/resolve/'))).toEqual([
      expect.stringMatching(/model\.safetensors bytes=[1-9]\d*-$/),
    ])
    expect(await readdir(join(commit, '.unfinished'))).toEqual([])
  })

  it('begins anew where the server knows no ranges', async () => {
    half()
    hub.faults.hasNoRanges = true
    const path = await pull('hf:tiny/sft')
    expect(hashOf(await readFile(join(path, 'model.safetensors')))).toBe(weightsHash())
  })

  it.each(['model.safetensors', 'config.json'])('refuses a %s that is another, and brings it anew', async (name) => {
    hub.faults.changedPath = name
    await expect(pull('hf:tiny/sft')).rejects.toThrow(
      new RegExp(
        `tiny/sft: ${name} has the SHA-.* [0-9a-f]+, and the hub lists [0-9a-f]+\\. What came is deleted: run this again`,
      ),
    )
    hub.faults.changedPath = null
    await pull('hf:tiny/sft')
  })
})

describe('where the hub cannot be reached', () => {
  it.each<[string, () => Promise<NodeJS.ProcessEnv>, RegExp]>([
    [
      'no server',
      async () => ({ HF_ENDPOINT: 'http://127.0.0.1:1' }),
      /127\.0\.0\.1:1 \(.*(ECONNREFUSED|bad port).*\)/,
    ],
    ['HF_HUB_OFFLINE', async () => ({ HF_HUB_OFFLINE: '1' }), /\(HF_HUB_OFFLINE is set\)/],
    [
      'a server that is out of order',
      async () => {
        hub.faults.status = 503
        return {}
      },
      /\(503: out of order\)/,
    ],
  ])('goes on with what was pulled, aloud: %s', async (_name, breakIt, message) => {
    const path = await pull('hf:tiny/sft')
    const environment = await breakIt()
    words = ''
    expect(await pull('hf:tiny/sft', environment)).toBe(path)
    expect(words).toMatch(message)
    expect(words).toContain(
      `; going on with main as it was last pulled, commit ${hub.commitOf('tiny/sft').slice(0, 12)}\n`,
    )
    await expect(pull('hf:tiny/sft@v1.0', environment)).rejects.toThrow(message)
    await expect(pull('hf:tiny/sft@v1.0', environment)).rejects.toThrow(
      /^--sft hf:tiny\/sft@v1\.0: the hub cannot be reached at .* Check the network and run this again.*HF_ENDPOINT names another address/,
    )
  })
})

it('tells of what answers and is no hub', async () => {
  const server = createServer((_request, response) => response.end('<html>')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await expect(pull('hf:tiny/sft', { HF_ENDPOINT: endpoint })).rejects.toThrow(
    `--sft hf:tiny/sft: what answers at ${endpoint} does not speak as the Hugging Face hub does. Check HF_ENDPOINT`,
  )
  server.close()
})

describe('tokens', () => {
  it('open private and gated repositories, come from HF_TOKEN or the file of `hf auth login`, and never reach the storage', async () => {
    serve('tiny/private', {}, { isPrivate: true })
    serve('tiny/gated', { 'generation_config.json': '{}' }, { isGated: true })
    await pull('hf:tiny/private', { HF_TOKEN: readerToken })
    await mkdir(join(folder, 'hf'))
    await writeFile(join(folder, 'hf', 'token'), `${readerToken}\n`)
    await pull('hf:tiny/gated')
    expect(toStorage().length).toBeGreaterThan(0)
  })

  it.each<[string, string, NodeJS.ProcessEnv, string]>([
    [
      'a repository that is not there',
      'hf:tiny/none',
      {},
      'there is no repository tiny/none at HUB that is open to all (401: Invalid username or password.): its name is another, or it is private. ' +
        'Look for it at HUB/tiny/none; for a private one set HF_TOKEN (HUB/settings/tokens)',
    ],
    [
      'one that is not there for the token',
      'hf:tiny/private',
      { HF_TOKEN: strangerToken },
      "there is no repository tiny/private at HUB that the token of HF_TOKEN may read (404: Repository not found). Look for it at HUB/tiny/private with that token's account",
    ],
    [
      'a private one without a token',
      'hf:tiny/private',
      {},
      'there is no repository tiny/private at HUB that is open to all (401: Invalid username or password.): its name is another, or it is private. ' +
        'Look for it at HUB/tiny/private; for a private one set HF_TOKEN (HUB/settings/tokens)',
    ],
    [
      'a gated one without a token',
      'hf:tiny/gated',
      {},
      'tiny/gated is gated (401: Access to model tiny/gated is restricted. You must have access to it and be authenticated to access it. Please log in.). ' +
        'Accept its terms at HUB/tiny/gated, then set HF_TOKEN to a token of that account (HUB/settings/tokens)',
    ],
    [
      'a gated one whose terms are not accepted',
      'hf:tiny/gated',
      { HF_TOKEN: strangerToken },
      'tiny/gated is gated, and the account of the token of HF_TOKEN has no access to it (403: Access to model tiny/gated is restricted and you are not in the authorized list.). ' +
        'Accept its terms at HUB/tiny/gated with that account',
    ],
    [
      'a wrong token',
      'hf:tiny/sft',
      { HF_TOKEN: 'hf_wrong' },
      'the hub does not take the token of HF_TOKEN (401: Invalid credentials in Authorization header). Make a new one at HUB/settings/tokens, or leave it out',
    ],
    [
      'an unknown revision',
      'hf:tiny/sft@v2',
      {},
      'tiny/sft has no revision "v2" (404: Invalid rev id: v2). Its branches, tags and commits are at HUB/tiny/sft/tree/main',
    ],
  ])('tells of %s', async (_name, source, environment, message) => {
    serve('tiny/private', {}, { isPrivate: true })
    serve('tiny/gated', {}, { isGated: true })
    await expect(pull(source, environment)).rejects.toThrow(`--sft ${source}: ${message.replaceAll('HUB', hub.url)}`)
  })

  it('that are none are not sent, nor shown', async () => {
    await expect(pull('hf:tiny/sft', { HF_TOKEN: 'two words' })).rejects.toThrow('HF_TOKEN holds no token of the hub')
    await expect(pull('hf:tiny/sft', { HF_ENDPOINT: 'hub' })).rejects.toThrow(
      'HF_ENDPOINT is "hub"; expected the hub\'s address',
    )
    expect(hub.requests).toEqual([])
  })
})

describe('refuses before weights are downloaded', () => {
  const noWeights = { 'model.safetensors': null, 'reference.safetensors': null }
  const allNames = { 'config.json': null, 'tokenizer.json': null, 'reference-tokens.json': null, ...noWeights }

  it.each<[string, Parameters<typeof serve>[1], string]>([
    [
      'an unknown architecture',
      { 'config.json': '{"model_type":"mamba"}' },
      'hf:tiny/x cannot be used, and no weights were downloaded: config.json has model_type "mamba"; known architectures are: llama, ',
    ],
    [
      'a tokenizer that no text is encoded by',
      { 'tokenizer.json': '{"model":{"type":"WordPiece","vocab":{"a":0}}}' },
      'The tokenizer\'s model is of type "WordPiece"',
    ],
    [
      'a tokenizer in another file',
      { 'tokenizer.json': null, 'tokenizer.model': 'x' },
      'has tokenizer.model and no tokenizer.json',
    ],
    [
      'pickles',
      { ...noWeights, 'pytorch_model.bin': 'x', 'training_args.bin': 'y' },
      'hf:tiny/x has its weights as pickles alone: pytorch_model.bin. A pickle runs code when it is read, so none is; safetensors are expected',
    ],
    [
      'several GGUF files',
      { ...noWeights, 'a-Q4_1.gguf': 'x', 'b-Q8_0.gguf': 'y' },
      'hf:tiny/x holds 2 GGUF files: a-Q4_1.gguf, b-Q8_0.gguf. Name one, e.g. hf:tiny/x/a-Q4_1.gguf',
    ],
    [
      'nothing that is read',
      {
        ...allNames,
        'generation_config.json': null,
        'chat_template.jinja': null,
        'README.md': '#',
        'step-1/config.json': '{}',
      },
      'holds nothing that is read here: expected config.json, tokenizer.json and safetensors, a LoRA adapter (adapter_config.json and adapter_model.safetensors), ' +
        'or a .gguf file; found tokenizer_config.json, README.md. Models lie in the folders step-1: name one behind the repository',
    ],
    [
      'two models in one',
      { 'adapter_config.json': '{}', 'adapter_model.safetensors': 'x' },
      'hf:tiny/x holds both a whole model (config.json with model.safetensors) and an adapter',
    ],
    [
      'an adapter of another kind',
      { ...allNames, 'adapter_config.json': '{"peft_type":"IA3"}', 'adapter_model.safetensors': 'x' },
      'has peft_type "IA3"; only "LORA" is applied',
    ],
    [
      'shards that are not there',
      { 'model.safetensors': null, 'model.safetensors.index.json': '{"weight_map":{"a":"model-1.safetensors"}}' },
      'model.safetensors.index.json names the file model-1.safetensors, which the repository does not hold',
    ],
    [
      'a GGUF file that is none',
      { ...noWeights, 'x.gguf': 'no header' },
      'hf:tiny/x is neither a GGUF file nor a folder',
    ],
  ])('%s', async (_name, changes, message) => {
    serve('tiny/x', changes)
    await expect(pull('hf:tiny/x')).rejects.toThrow(message)
    await expect(pull('hf:tiny/x')).rejects.toThrow(/^--sft hf:tiny\/x\b/)
    expect(forWeights()).toEqual([])
  })

  it('a GGUF file that is not there', async () => {
    serve('tiny/x', { 'a.gguf': 'x' })
    await expect(pull('hf:tiny/x/b.gguf')).rejects.toThrow(
      "there is no such file; the repository's GGUF files are: a.gguf",
    )
  })

  it('what the disk has no room for', async () => {
    serve('tiny/x', {}, { listedBytes: new Map([['model.safetensors', 9e15]]) })
    await expect(pull('hf:tiny/x')).rejects.toThrow(
      /^--sft hf:tiny\/x: 9000000000\.0 MB are to be downloaded, and .* has room for .* MB\. Make room \("tandem models" lists what is kept\), or name a folder on another disk with TANDEM_HOME/,
    )
    expect(forWeights()).toEqual([])
  })
})
