/** A model on the Hugging Face hub: `hf:ORG/REPO[/PATH][@REVISION]`. */
export interface HubName {
  /** `ORG/REPO` */
  readonly repo: string
  /** A folder in it, a GGUF file, or an exported graph; empty for the repository's own top folder. */
  readonly path: string
  /** A branch, tag or commit; null where none is named. */
  readonly revision: string | null
}

const scheme = 'hf:'
const repoPattern = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/
/** What git takes for a reference, without the characters that mean something to a shell or a URL. */
const revisionPattern = /^(?!.*\.\.)[\w][\w./+-]{0,254}$/
const maxPathLength = 512

/** Whether a text could be the `ORG/REPO` of a repository. */
export const isRepo = (text: string): boolean => repoPattern.test(text) && !text.includes('..')

/** Whether a source is a model on the hub. */
export const isHubName = (source: string): boolean => source.startsWith(scheme)

/**
 * @param where how messages name it, e.g. `--sft hf:org/repo`
 * @throws Error telling what was found and what was expected
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
    `${where} is no name on the Hugging Face hub; expected hf:ORG/REPO, a file or folder in it as hf:ORG/REPO/model-Q4_1.gguf, ` +
      'and a branch, tag or commit behind it as hf:ORG/REPO@v1.0',
  )
}

export const formatHubName = ({ repo, path, revision }: HubName): string =>
  `${scheme}${repo}${path === '' ? '' : `/${path}`}${revision === null ? '' : `@${revision}`}`

/** Whether a path stays below the folder that it is joined to, on every platform. */
export const isSafePath = (path: string): boolean =>
  path.length <= maxPathLength &&
  !/[\\:\p{Cc}]/u.test(path) &&
  path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
