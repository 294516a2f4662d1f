import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readFolder } from '../../testing/read-folder.js'
import { fixturePath, TinyHub, textNames } from '../../testing/tiny-hub.js'

let tiny: TinyHub
beforeEach(async () => {
  tiny = await TinyHub.start()
})
afterEach(() => tiny.close())

const read = async (name: string) => ({ files: await readFolder(fixturePath(name)) })
const text = (content: string) => new TextEncoder().encode(content)
const hashOf = (bytes: Uint8Array | undefined) =>
  createHash('sha256')
    .update(bytes ?? '')
    .digest('hex')
const weightsHash = () => hashOf(tiny.hub.repos.get('tiny/sft')?.files.get('model.safetensors'))

describe('a pull', () => {
  it('downloads the needed files of a checkpoint into a folder of its commit, and needs one request the next time', async () => {
    const path = await tiny.pull('hf:tiny/sft')
    expect(path).toBe(join(tiny.folder, 'home', 'hub', 'tiny', 'sft', tiny.hub.commitOf('tiny/sft'), 'sft'))
    expect(await readdir(path)).toEqual([...textNames, 'model.safetensors'].sort())
    for (const [name, bytes] of await readFolder(path))
      expect(hashOf(bytes)).toBe(hashOf(await readFile(join(fixturePath('tiny/llama-tied'), name))))
    expect(tiny.words).toContain('Pulling hf:tiny/sft: download 100% of 0.5 MB')

    tiny.words = ''
    tiny.hub.requests.length = 0
    expect(await tiny.pull('hf:tiny/sft')).toBe(path)
    expect(tiny.words).toBe('')
    expect(tiny.hub.requests).toEqual([expect.stringContaining('/api/models/tiny/sft/revision/main?')])
    tiny.hub.requests.length = 0
    expect(await tiny.pull(`hf:tiny/sft@${tiny.hub.commitOf('tiny/sft')}`)).toBe(path)
    expect(tiny.hub.requests).toEqual([])
  })

  it('downloads the shards that the index names', async () => {
    const { files } = await read('tiny/qwen3')
    tiny.hub.repos.set('tiny/shards', { files: new Map([...files, ['consolidated.safetensors', text('x')]]) })
    const names = await readdir(await tiny.pull('hf:tiny/shards@v1.0'))
    expect(names.filter((name) => name.startsWith('model'))).toHaveLength(5)
    expect(names).not.toContain('consolidated.safetensors')
  })

  it('downloads the two files of an adapter, with or without the config.json of its base', async () => {
    const { files } = await read('tiny/llama-tied+lora')
    tiny.hub.repos.set('tiny/dpo', { files: new Map([...files, ['config.json', text('{}')]]) })
    expect(await readdir(await tiny.pull('hf:tiny/dpo'))).toEqual(['adapter_config.json', 'adapter_model.safetensors'])
  })

  it("downloads an adapter's own tokenizer and template, and refuses one of another format", async () => {
    const { files } = await read('tiny/llama-tied+lora')
    const { files: base } = await read('tiny/llama-tied')
    const own = ['chat_template.jinja', 'tokenizer.json', 'tokenizer_config.json']
    const owned = own.map((name) => [name, base.get(name) ?? text('')] as const)
    tiny.hub.repos.set('tiny/dpo', { files: new Map([...files, ...owned, ['tokenizer.model', text('x')]]) })
    expect(await readdir(await tiny.pull('hf:tiny/dpo'))).toEqual([
      'adapter_config.json',
      'adapter_model.safetensors',
      ...own,
    ])
    tiny.hub.repos.set('tiny/slow', { files: new Map([...files, ['tokenizer.model', text('x')]]) })
    await expect(tiny.pull('hf:tiny/slow')).rejects.toThrow(
      '--sft hf:tiny/slow has its own tokenizer as tokenizer.model and no tokenizer.json: save one there',
    )
  })

  it('downloads the named GGUF file, or the only one', async () => {
    const gguf = (await read('more/gguf-llama-q4_1')).files.get('model.gguf') ?? text('')
    tiny.hub.repos.set('tiny/gguf', {
      files: new Map([
        ['a b-Q4_1.gguf', gguf],
        ['sub/c.gguf', gguf],
      ]),
    })
    const path = await tiny.pull('hf:tiny/gguf')
    expect(path.endsWith(join('gguf', 'a b-Q4_1.gguf'))).toBe(true)
    expect(hashOf(await readFile(path))).toBe(hashOf(gguf))
    const named = await tiny.pull('hf:tiny/gguf/sub/c.gguf@main')
    expect(named.endsWith(join('gguf', 'sub', 'c.gguf'))).toBe(true)
    tiny.hub.faults.hasNoRanges = true
    tiny.hub.repos.set('tiny/other', { files: new Map([['x.gguf', gguf]]) })
    expect(hashOf(await readFile(await tiny.pull('hf:tiny/other')))).toBe(hashOf(gguf))
  })

  it('downloads only the files directly in a folder', async () => {
    const { files } = await read('tiny/llama-tied')
    tiny.hub.repos.set('tiny/steps', { files: new Map([...files].map(([name, bytes]) => [`step-9/${name}`, bytes])) })
    const path = await tiny.pull('hf:tiny/steps/step-9@refs/pr/1')
    expect(path.endsWith(join('steps', 'step-9'))).toBe(true)
    expect(await readdir(path)).toContain('model.safetensors')
  })

  it('downloads the new commit of a branch', async () => {
    const before = await tiny.pull('hf:tiny/sft')
    tiny.serve('tiny/sft', { 'generation_config.json': '{}' })
    const after = await tiny.pull('hf:tiny/sft')
    expect(after).not.toBe(before)
    expect(await readFile(join(after, 'generation_config.json'), 'utf8')).toBe('{}')
    // The weights are those of before.
    expect(tiny.weightRequests()).toHaveLength(1)
    const inode = async (path: string) => (await stat(join(path, 'model.safetensors'))).ino
    expect(await inode(after)).toBe(await inode(before))
  })

  it('downloads once if two processes need the same model', async () => {
    const [first, second] = await Promise.all([tiny.pull('hf:tiny/sft'), tiny.pull('hf:tiny/sft')])
    expect(second).toBe(first)
    expect(tiny.words).toContain('Waiting for another process that pulls tiny/sft into ')
    expect(tiny.weightRequests()).toHaveLength(1)
  })
})

describe('a broken download', () => {
  const half = () => {
    tiny.hub.faults.cutAfterBytes = 300_000
    tiny.hub.faults.cuts = 1
  }

  it('is reported as an unreachable hub, also while a header is read', async () => {
    const gguf = (await read('more/gguf-llama-f16')).files.get('model.gguf') ?? text('')
    tiny.hub.repos.set('tiny/gguf', { files: new Map([['model.gguf', gguf]]) })
    Object.assign(tiny.hub.faults, { cuts: 1, cutAfterBytes: 1000 })
    await expect(tiny.pull('hf:tiny/gguf')).rejects.toThrow(/^--sft hf:tiny\/gguf: the hub cannot be reached at /)
    expect(await tiny.pull('hf:tiny/gguf')).toContain('model.gguf')
  })

  it('continues after a cut connection', async () => {
    half()
    tiny.hub.requests.length = 0
    const path = await tiny.pull('hf:tiny/sft')
    expect(hashOf(await readFile(join(path, 'model.safetensors')))).toBe(weightsHash())
    expect(tiny.hub.requests.some((line) => /resolve.*bytes=[1-9]\d*-$/.test(line))).toBe(true)
  })

  it('continues after an interrupted command, and leaves no partial file', async () => {
    const controller = new AbortController()
    half()
    const commit = join(tiny.folder, 'home', 'hub', 'tiny', 'sft', tiny.hub.commitOf('tiny/sft'))
    const unfinished = join(commit, '.unfinished')
    // Only the weights are so large.
    const hasBytes = (name: string) => statSync(join(unfinished, name)).size > 200_000
    const stop = setInterval(() => {
      if (existsSync(unfinished) && readdirSync(unfinished).some(hasBytes)) controller.abort(new Error('interrupted'))
    }, 5)
    await expect(tiny.pull('hf:tiny/sft', {}, controller.signal)).rejects.toThrow('interrupted')
    clearInterval(stop)
    expect(await readdir(join(commit, 'sft'))).not.toContain('model.safetensors')
    expect(await readdir(join(commit, '.unfinished'))).toHaveLength(1)

    tiny.hub.requests.length = 0
    await tiny.pull('hf:tiny/sft')
    expect(tiny.hub.requests.filter((line) => line.includes('/resolve/'))).toEqual([
      expect.stringMatching(/model\.safetensors bytes=[1-9]\d*-$/),
    ])
    expect(await readdir(join(commit, '.unfinished'))).toEqual([])
  })

  it('starts again if the server does not support ranges', async () => {
    half()
    tiny.hub.faults.hasNoRanges = true
    const path = await tiny.pull('hf:tiny/sft')
    expect(hashOf(await readFile(join(path, 'model.safetensors')))).toBe(weightsHash())
  })

  it.each(['model.safetensors', 'config.json'])('refuses a changed %s, and downloads it again', async (name) => {
    tiny.hub.faults.changedPath = name
    await expect(tiny.pull('hf:tiny/sft')).rejects.toThrow(
      new RegExp(
        `tiny/sft: ${name} has the SHA-.* [0-9a-f]+, and the hub lists [0-9a-f]+\\. The file was deleted: run this again`,
      ),
    )
    tiny.hub.faults.changedPath = null
    await tiny.pull('hf:tiny/sft')
  })
})

describe('if the hub cannot be reached', () => {
  const unset =
    /^--sft hf:tiny\/sft@v1\.0 is not in the cache, and HF_HUB_OFFLINE forbids requests to the hub\. Unset HF_HUB_OFFLINE and run this again$/
  const checkNetwork =
    /^--sft hf:tiny\/sft@v1\.0: the hub cannot be reached at .* \(.+\)\. Check the network and run this again.*HF_ENDPOINT sets another address/
  it.each<[string, () => Promise<NodeJS.ProcessEnv>, RegExp, RegExp?]>([
    [
      'no server',
      async () => ({ HF_ENDPOINT: 'http://127.0.0.1:1' }),
      /127\.0\.0\.1:1 \(.*(ECONNREFUSED|bad port).*\)/,
    ],
    ['HF_HUB_OFFLINE', async () => ({ HF_HUB_OFFLINE: '1' }), /\(HF_HUB_OFFLINE is set\)/, unset],
    [
      'a server that is out of order',
      async () => {
        tiny.hub.faults.status = 503
        return {}
      },
      /\(503: out of order\)/,
    ],
  ])('uses the last pull and says so: %s', async (_name, breakIt, message, advice = checkNetwork) => {
    const path = await tiny.pull('hf:tiny/sft')
    const environment = await breakIt()
    tiny.words = ''
    expect(await tiny.pull('hf:tiny/sft', environment)).toBe(path)
    expect(tiny.words).toMatch(message)
    expect(tiny.words).toContain(
      `; using main as it was last pulled, commit ${tiny.hub.commitOf('tiny/sft').slice(0, 12)}\n`,
    )
    await expect(tiny.pull('hf:tiny/sft@v1.0', environment)).rejects.toThrow(advice)
  })
})
