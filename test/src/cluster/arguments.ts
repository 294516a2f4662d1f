import { parseArgs } from 'node:util'

/** The options of the command line. */
export interface ClusterArguments {
  /** Keys of the steps to run. Empty means all. */
  readonly only: readonly string[]
  /** Words before each command of kubectl and helm. */
  readonly prefix: readonly string[]
  /** The command that copies an image into the cluster; the image's name follows. Null: none. */
  readonly load: readonly string[] | null
  /** The tool that builds images. */
  readonly tool: 'docker' | 'buildah'
  /** Whether to build the images and the models. */
  readonly builds: boolean
  /** Whether the release stays. */
  readonly keeps: boolean
  /** Whether to write the table into docs/operations.md. */
  readonly writes: boolean
  readonly asksHelp: boolean
}

/** The text of `--help`. */
export const usage = `usage: npm run cluster -w test -- [options]

  --tool NAME      the tool that builds images: docker (default) or buildah
  --load COMMAND   copies an image into the cluster; its name is added as the last word
                   (for example "kind load docker-image"); default: the cluster sees the tool's images
  --prefix WORDS   words before each command of kubectl and helm
  --no-build       the images and models of the last run are used
  --only STEP      runs only this step after the installation; may be repeated
  --keep           leaves the release in the cluster
  --write          writes the table into docs/operations.md

The cluster is the one that KUBECONFIG names.`

/**
 * Parses the command line.
 * @throws Error with the wrong argument and the valid values
 */
export function parseClusterArguments(args: readonly string[], keys: readonly string[]): ClusterArguments {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      prefix: { type: 'string', default: '' },
      load: { type: 'string' },
      tool: { type: 'string', default: 'docker' },
      build: { type: 'boolean', default: true },
      keep: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const unknown = values.only.find((key) => !keys.includes(key))
  if (unknown !== undefined) throw new Error(`--only ${unknown} is unknown: expected one of ${keys.join(', ')}`)
  const { tool } = values
  if (tool !== 'docker' && tool !== 'buildah') throw new Error(`--tool ${tool} is unknown: expected docker or buildah`)
  return {
    only: values.only,
    prefix: words(values.prefix),
    load: values.load === undefined ? null : words(values.load),
    tool,
    builds: values.build,
    keeps: values.keep,
    writes: values.write,
    asksHelp: values.help,
  }
}

const words = (text: string): readonly string[] => text.split(/\s+/).filter(Boolean)
