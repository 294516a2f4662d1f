import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runSteps } from './run-steps.js'
import { requireSamePlan } from './same-plan.js'
import { commandStep } from './step.js'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-steps-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The program of these steps is node. */
const script = (name: string, text: string) => commandStep(name, `${name}.txt`, 'tandem', '-e', text)
const makes = (name: string) => script(name, `require('node:fs').appendFileSync('${name}.txt', 'x')`)

async function run(out: string, ...steps: ReturnType<typeof makes>[]): Promise<string> {
  const shown: string[] = []
  const programs = { tandem: [process.execPath], 'tandem-train': [] }
  const options = { out: join(folder, out), programs, env: process.env, signal: new AbortController().signal }
  await runSteps(steps, { ...options, write: (text) => shown.push(text) })
  return shown.join('')
}

test('a complete step is not made again', async () => {
  expect(await run('a', makes('one'))).toMatch(/^1\/1 one: \d+ s\n$/)
  expect(await run('a', makes('one'), makes('two'))).toMatch(/^1\/2 one: is complete\n2\/2 two: \d+ s\n$/)
  expect(await readFile(join(folder, 'a/one.txt'), 'utf8')).toBe('x')
})

test('a failure ends the run with the output of the command', async () => {
  const fails = script('bad', 'console.error("the reason"); process.exit(4)')
  await expect(run('b', fails, makes('after'))).rejects.toThrow(/ended with exit code 4, expected 0\. .*\nthe reason\n/)
  await expect(readFile(join(folder, 'b/after.txt'))).rejects.toThrow('ENOENT')
})

test('a folder of other steps is refused', async () => {
  const out = join(folder, 'c')
  const begun = [makes('one'), makes('two')]
  await requireSamePlan(out, begun)
  await requireSamePlan(out, begun)
  for (const other of [[makes('one')], [makes('one'), script('two', 'other()')]])
    await expect(requireSamePlan(out, other)).rejects.toThrow(
      `c was started with other steps: ${join(out, 'steps.json')} has another step "two" than this version. Remove `,
    )
  expect(await readdir(out)).toEqual(['steps.json'])
})

test('a plan that cannot be read is not a new folder', async () => {
  const out = join(folder, 'd')
  await mkdir(out)
  await writeFile(join(out, 'steps.json'), '[\n {\n  "name": "da')
  await expect(requireSamePlan(out, [makes('one')])).rejects.toThrow('steps.json is not JSON: expected the steps of ')
})
