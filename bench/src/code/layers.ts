/**
 * Which part of the repository may import which. A part is a path from the root of the repository.
 * The checks of `npm run measure:code -- --check` read these tables.
 */

/** The workspaces that each workspace may import. A new workspace needs a row. */
export const workspaceImports: Readonly<Record<string, readonly string[]>> = {
  proto: [],
  process: [],
  models: ['process'],
  telemetry: ['process'],
  services: ['proto', 'models', 'process', 'telemetry'],
  gateway: ['proto', 'process', 'telemetry'],
  evaluation: ['process'],
  cli: ['proto', 'models', 'process', 'telemetry', 'services', 'gateway', 'evaluation'],
  test: ['proto', 'models', 'process', 'telemetry', 'services', 'gateway', 'evaluation', 'cli'],
  bench: ['proto', 'models', 'process', 'telemetry', 'services', 'gateway', 'evaluation', 'cli', 'test'],
}

/** Imports that no file below `from` may have. */
export interface ForbiddenImport {
  readonly from: string
  readonly to: readonly string[]
}

/**
 * The layers of the gateway: routes -> telemetry -> openai -> decode -> session -> text. A layer
 * imports lower ones only.
 */
const gatewayLayers = ['routes', 'telemetry', 'openai', 'decode', 'session', 'text'].map(
  (name) => `gateway/src/${name}`,
)

/** The layers that use `access`, which imports none of the layers. */
const accessUsers = ['gateway/src/routes', 'gateway/src/openai']

/**
 * The layers of evaluation: what asks a gateway, and under `evaluate` also the reports, which know
 * no gateway.
 */
const askingLayers = ['evaluate', 'synthesis', 'answers', 'batch', 'prompts'].map((name) => `evaluation/src/${name}`)
const reportingLayers = ['evaluate', 'report', 'statistics', 'criteria'].map((name) => `evaluation/src/${name}`)

const forbidUpward = (layers: readonly string[]): readonly ForbiddenImport[] =>
  layers.map((from, i) => ({ from, to: layers.slice(0, i) })).slice(1)

/**
 * Imports that the layers forbid. `health` of the gateway is a program of its own: it asks a
 * running gateway and loads no part of one.
 */
export const forbiddenImports: readonly ForbiddenImport[] = [
  ...forbidUpward(gatewayLayers),
  ...forbidUpward(askingLayers),
  ...forbidUpward(reportingLayers),
  { from: 'evaluation/src/evaluate', to: ['evaluation/src/synthesis'] },
  { from: 'evaluation/src/report', to: askingLayers },
  { from: 'evaluation/src/statistics', to: askingLayers },
  { from: 'evaluation/src/criteria', to: askingLayers },
  { from: 'gateway/src/access', to: gatewayLayers },
  ...gatewayLayers
    .filter((layer) => !accessUsers.includes(layer))
    .map((from) => ({ from, to: ['gateway/src/access'] })),
  { from: 'gateway/src/health', to: [...gatewayLayers, 'gateway/src/access'] },
  ...[...gatewayLayers, 'gateway/src/access'].map((from) => ({ from, to: ['gateway/src/health'] })),
]

/** External packages that only some parts may import. */
export interface RestrictedPackage {
  readonly name: string
  readonly onlyFrom: readonly string[]
}

/** Each package with the parts that may import it. */
export const restrictedPackages: readonly RestrictedPackage[] = [
  // An image of the gateway must not hold onnxruntime, which takes 288 MB.
  { name: 'onnxruntime-node', onlyFrom: ['services/src/engine/onnx', 'bench/src/empty-main.ts'] },
]
