import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { compareFolder } from './compare-folder.js'

/*
 * Renders a folder of chat templates and compares with what transformers renders: `DIR/*.jinja`
 * with `DIR/expected.json`, which holds conversations and, for each template, one text a
 * conversation: "OK" and the text, or "REFUSED".
 */
const [named] = process.argv.slice(2)
if (named === undefined) {
  console.error('Name a folder: npm run templates -w test -- DIR')
  process.exit(2)
}
// npm runs this in the workspace's folder, and INIT_CWD is the user's.
const folder = resolve(process.env.INIT_CWD ?? '.', named)
const names = readdirSync(folder).filter((name) => name.endsWith('.jinja'))
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const results = compareFolder(JSON.parse(read('expected.json')), new Map(names.map((name) => [name, read(name)])))
for (const { template, conversation, expected, rendered } of results.differences) {
  console.log(
    `${template}, conversation ${conversation}\n  transformers: ${JSON.stringify(expected)}\n  Tandem:       ${JSON.stringify(rendered)}`,
  )
}
console.log(
  `${names.length} templates, ${results.rendered} conversations rendered: ${results.differences.length} differ`,
)
if (results.missing.length > 0) console.log(`not in expected.json: ${results.missing.join(', ')}`)
process.exitCode = results.differences.length === 0 && results.missing.length === 0 ? 0 : 1
