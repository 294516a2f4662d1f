import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { repositoryFolder } from '../support/fixtures.js'
import { installPython } from '../support/installed.js'
import { complete } from '../support/rest.js'
import { runProgram } from '../support/run-program.js'
import type { Stack } from '../support/stack.js'
import { startTinyStack } from '../support/tiny-stack.js'

/** Runs the snippets of docs/clients.md without changes, except for the address. */

const page = join(repositoryFolder, 'docs/clients.md')
const text = await readFile(page, 'utf8')
/** The snippets by their headings. */
const snippets = text.split(/^## /m).flatMap((section) => {
  const [heading = ''] = section.split('\n')
  const blocks = [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
  return blocks.map(([, language = '', code = '']) => ({ heading, language, code }))
})
const model = 'smollm2-135m-adherence'
const installed = await installPython('clients', [3, 11])
const hasCurl = (await runProgram('curl', ['--version'])).code === 0

let stack: Stack
beforeAll(async () => {
  stack = await startTinyStack({ pair: model })
})
afterAll(() => stack?.stop())

/** Returns how to run a snippet of a language, or why it cannot run. */
const programs: Readonly<Record<string, readonly [string, ...string[]] | string>> = {
  sh: hasCurl ? ['sh', '-c'] : 'curl is not there',
  js: [process.execPath, '--input-type=module', '-e'],
  python: 'folder' in installed ? [join(installed.folder, 'venv/bin/python'), '-c'] : installed.missing,
}

test('the page has a snippet for each client', () => {
  expect(snippets.map(({ language, heading }) => `${language}: ${heading}`)).toEqual([
    'sh: curl',
    'js: openai, for Node',
    'python: openai, for Python',
    'js: AI SDK',
    'js: LangChain',
    'python: LangChain',
    'sh: Variables of the chat template',
  ])
})

test.for(snippets)('$heading, as $language', async ({ language, code }, { skip }) => {
  const program = programs[language] ?? 'no program is known for it'
  if (typeof program === 'string') return skip(program)
  const [command, ...args] = program
  const run = code.replaceAll('http://127.0.0.1:8080', stack.url)
  expect(run).not.toBe(code)
  // A folder in which npm packages are found.
  const cwd = join(repositoryFolder, 'test')
  const { code: exit, stdout, stderr } = await runProgram(command, [...args, run], { cwd })
  expect(exit, stderr).toBe(0)
  const messages = [{ role: 'user', content: 'How do I stay calm in traffic?' }]
  const expected = await complete(stack.url, '/v1/chat/completions', { model, messages, max_tokens: 32 })
  // curl prints the body, which has the text in JSON.
  expect(stdout).toContain(language === 'sh' ? JSON.stringify(expected.text) : expected.text)
})

test('the page names the installed versions', async () => {
  const folder = join(repositoryFolder, 'test')
  const { devDependencies } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    devDependencies: Readonly<Record<string, string>>
  }
  const requirements = await readFile(join(folder, 'fixtures/clients/requirements.txt'), 'utf8')
  const pinned = (pins: string, name: string) => new RegExp(`^${name}==(.*)$`, 'm').exec(pins)?.[1]
  const ofPython = (name: string) => pinned(requirements, name)
  const row = (...versions: (string | undefined)[]) => `| ${versions.join(', ')} |`
  expect(text).toContain(row(devDependencies.openai))
  expect(text).toContain(row(devDependencies.ai, devDependencies['@ai-sdk/openai-compatible']))
  expect(text).toContain(row(devDependencies['@langchain/openai']))
  expect(text).toContain(row(ofPython('openai'), ofPython('langchain-openai')))
  const evaluations = await readFile(join(folder, 'fixtures/evaluations/requirements.txt'), 'utf8')
  const guidellm = await readFile(join(folder, 'fixtures/guidellm/requirements.txt'), 'utf8')
  expect(text).toContain(row(pinned(evaluations, 'lm_eval'), pinned(evaluations, 'langchain-tests')))
  expect(text).toContain(row(pinned(guidellm, 'guidellm')))
})

test('the files that the page names exist', () => {
  // Links to a part of a page end with # and its name, those to a part of this page have nothing
  // else.
  const names = [...text.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, name = '']) => name)
  expect(names.length).toBeGreaterThan(10)
  expect(names.filter((name) => !existsSync(join(dirname(page), name)))).toEqual([])
})
