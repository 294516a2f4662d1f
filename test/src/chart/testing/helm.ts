import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { repositoryFolder } from '../../support/fixtures.js'
import type { KubernetesObject } from './objects.js'

/** The folder of the chart. */
export const chartFolder = join(repositoryFolder, 'deploy/helm/tandem')
const examplesFolder = join(repositoryFolder, 'deploy/helm/examples')

/** Values of the chart, as a file has them. */
export type Values = Readonly<Record<string, unknown>>

const helm = process.env.HELM ?? 'helm'
const kubeconform = process.env.KUBECONFORM ?? 'kubeconform'
/** Next to kubeconform, unless the variable names another folder. */
const schemas = process.env.KUBERNETES_SCHEMAS ?? join(dirname(pathOf(kubeconform)), 'schemas')
const kubernetes = '1.34.4'
const hint = 'run scripts/install-chart-tools.sh FOLDER, and add the folder to PATH'

/** Why tests of the chart are skipped; empty if helm can be run. */
export const withoutHelm = spawnSync(helm, ['version']).status === 0 ? '' : ` (helm is missing; ${hint})`
const hasKubeconform = spawnSync(kubeconform, ['-v']).status === 0 && existsSync(schemas)
/** Why tests with kubeconform are skipped; empty if it can be run and has its schemas. */
export const withoutKubeconform = withoutHelm || (hasKubeconform ? '' : ` (kubeconform or its schemas; ${hint})`)

function pathOf(program: string): string {
  const folders = program.includes('/') ? [''] : (process.env.PATH ?? '').split(':')
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? program
}

/** The end of a program. */
export interface ProgramResult {
  readonly code: number | null
  readonly output: string
}

function run(program: string, args: readonly string[], input: string): ProgramResult & { readonly stdout: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 })
  return { code: status, output: stdout + stderr, stdout }
}

const options = (values: Values) => ({
  args: ['--kube-version', kubernetes, '--namespace', 'models', '--values', '-'],
  input: JSON.stringify(values),
})

/** Lints the chart with some values; warnings are errors. */
export function lint(values: Values): ProgramResult {
  const { args, input } = options(values)
  return run(helm, ['lint', '--strict', chartFolder, ...args], input)
}

/** Renders the chart for the release "tandem" in the namespace "models", as text. */
export function template(values: Values): ProgramResult & { readonly stdout: string } {
  const { args, input } = options(values)
  return run(helm, ['template', 'tandem', chartFolder, ...args], input)
}

/** The objects by values: many tests look at the same ones. */
const rendered = new Map<string, readonly KubernetesObject[]>()

/** Renders the chart. @throws Error with what helm says */
export function render(values: Values): readonly KubernetesObject[] {
  const key = JSON.stringify(values)
  const known = rendered.get(key) ?? renderAnew(values)
  rendered.set(key, known)
  return known
}

function renderAnew(values: Values): readonly KubernetesObject[] {
  const { code, output, stdout } = template(values)
  if (code !== 0) throw new Error(output)
  const objects = parseAllDocuments(stdout).map((document) => document.toJS() as KubernetesObject | null)
  return objects.filter((object) => object !== null)
}

/** Checks rendered text against the schemas of Kubernetes. Unknown fields are errors. */
export function conform(text: string): ProgramResult {
  const location = join(schemas, '{{.ResourceKind}}{{.KindSuffix}}.json')
  return run(kubeconform, ['-strict', '-summary', '-schema-location', location], text)
}

/** Reads a YAML file of the chart. */
export const readChart = (file: string): string => readFileSync(join(chartFolder, file), 'utf8')

/** The examples by their names. */
export const examples: ReadonlyMap<string, Values> = new Map(
  readdirSync(examplesFolder).map((file) => [file, parse(readFileSync(join(examplesFolder, file), 'utf8')) as Values]),
)
