/** A model on the Hugging Face hub: `hf:ORG/REPO[/PATH][@REVISION]`. */
export interface HubName {
  /** `ORG/REPO` */
  readonly repo: string
  /** A folder in the repository, a GGUF file, or an exported graph; empty for the top folder. */
  readonly path: string
  /** A branch, tag or commit; null if none is named. */
  readonly revision: string | null
}

const scheme = 'hf:'
const repoPattern = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/
/** References that git accepts, without characters that have a meaning in a shell or a URL. */
const revisionPattern = /^(?!.*\.\.)[\w][\w./+-]{0,254}$/
const maxPathLength = 512

/** Whether a text could be the `ORG/REPO` of a repository. */
export const isRepo = (text: string): boolean => repoPattern.test(text) && !text.includes('..')

/** Whether a source is a model on the hub. */
export const isHubName = (source: string): boolean => source.startsWith(scheme)

/**
 * Parses the name of a model on the hub.
 * @param where the source in messages, e.g. `--sft hf:org/repo`
 * @throws Error saying what was found and what was expected
 */
export function parseHubName(source: string, where: string = source): HubName {
  const text = source.slice(scheme.length)
  const at = text.lastIndexOf('@')
  const [place, revision] = at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)]
  const [org = '', name = '', ...rest] = place.split('/')
  const repo = `${org}/${name}`
  const path = rest.join('/')
  const isPlace = isRepo(repo) && (rest.length === 0 || isSafePath(path))
  if (isHubName(source) && isPlace && (revision === null || revisionPattern.test(revision)))
    return { repo, path, revision }
  throw new Error(
    `${where} is not a name on the Hugging Face hub; expected hf:ORG/REPO, ` +
      'with a file or folder as hf:ORG/REPO/model-Q4_1.gguf, or with a branch, tag or commit as hf:ORG/REPO@v1.0',
  )
}

/** Formats a name as `parseHubName` reads it. */
export const formatHubName = ({ repo, path, revision }: HubName): string =>
  `${scheme}${repo}${path === '' ? '' : `/${path}`}${revision === null ? '' : `@${revision}`}`

/** Whether a path stays below the folder that it is joined to, on every platform. */
export const isSafePath = (path: string): boolean =>
  path.length <= maxPathLength &&
  !/[\\:\p{Cc}]/u.test(path) &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
