/**
 * Compares the gateway's tokenizer with Hugging Face's: 15 tokenizers, made as families of public
 * models make theirs, by 2,500 strings of 14 scripts and 40 long ones, which are encoded in steps.
 * It installs `tokenizers` from PyPI into the cache.
 *
 * usage: npm run tokenizers -w test -- [--strings 2500] [--long 40] [--seed 1] [TOKENIZER.json ...]
 *
 * More tokenizers can be named, each by its tokenizer.json in a folder of its own.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { fixturesFolder } from '../support/fixtures.js'
import { installPython } from '../support/installed.js'
import { runProgram } from '../support/run-program.js'
import { compareTokens, readExpectedTokens, type TokenDifference } from './compare-tokens.js'

const limitMs = 1_800_000
/** Differences that are printed of each tokenizer. */
const maxPrinted = 3
/** Characters that are printed of a string, and of what was made of it. */
const maxLength = 2_000

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    strings: { type: 'string', default: '2500' },
    long: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
  },
})
const installed = await installPython('tokenizer-fuzz', [3, 9])
if ('missing' in installed) throw new Error(`Hugging Face's tokenizers cannot be installed: ${installed.missing}`)

const folder = await mkdtemp(join(tmpdir(), 'tandem-tokenizers-'))
try {
  await makeExpected(join(installed.folder, 'venv/bin/python'))
  let count = 0
  for (const expected of readExpectedTokens(folder)) {
    const differences = compareTokens(expected)
    count += differences.length
    console.log(`${expected.name}: ${expected.strings.length} strings, ${differences.length} differences`)
    for (const difference of differences.slice(0, maxPrinted)) print(difference)
  }
  console.log(`${count} differences`)
  process.exitCode = count === 0 ? 0 : 1
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** Writes the tokenizers, the strings and what is expected of them. */
async function makeExpected(python: string): Promise<void> {
  const program = join(fixturesFolder, 'tokenizer-fuzz/fuzz.py')
  // npm changes the folder to that of the workspace.
  const files = positionals.map((path) => resolve(process.env.INIT_CWD ?? '.', path))
  const options = Object.entries(values).flatMap(([name, value]) => [`--${name}`, value])
  const args = ['-B', program, folder, ...options, ...files]
  const { code, stderr } = await runProgram(python, args, { limitMs })
  if (code !== 0) throw new Error(`fuzz.py ended with ${code}: ${stderr.slice(-2000)}`)
}

function print({ string, what, found, expected }: TokenDifference): void {
  const [given, made, wanted] = [string, found, expected].map((value) => JSON.stringify(value).slice(0, maxLength))
  console.log(`  ${given}\n    ${what}: ${made}`)
  console.log(`    expected: ${wanted}`)
}
