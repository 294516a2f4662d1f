import { formatHubName, isRepo } from './hub-name.js'

const pagePattern = /^(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\/([^?#]*)/i

/** Whether a source is a web address, which is neither a path nor a name. */
export const isWebAddress = (source: string): boolean => /^https?:\/\//i.test(source) || pagePattern.test(source)

/**
 * Refuses web addresses, and suggests the name to write for a page of the hub.
 * @param where the source in messages, e.g. `--sft https://huggingface.co/org/repo`
 * @throws Error with the name of the model at that page
 */
export function assertNoWebAddress(source: string, where: string): void {
  if (!isWebAddress(source)) return
  const name = nameOfPage(pagePattern.exec(source)?.[1] ?? '')
  throw new Error(
    name === null
      ? `${where} is a web address, not a source; a model of the Hugging Face hub is written hf:ORG/REPO`
      : `${where} is the address of a web page; write ${name}`,
  )
}

/**
 * @param page `ORG/REPO`, `ORG/REPO/tree/REVISION/PATH`, or `blob` or `resolve` instead of `tree`
 */
function nameOfPage(page: string): string | null {
  const [org = '', name = '', view = '', written = '', ...path] = page.split('/').filter((part) => part !== '')
  const repo = `${org}/${name}`
  if (!isRepo(repo) || ['datasets', 'spaces', 'docs'].includes(org)) return null
  const revision = ['tree', 'blob', 'resolve'].includes(view) ? decode(written) : ''
  if (revision === '') return formatHubName({ repo, path: '', revision: null })
  return formatHubName({ repo, path: path.map(decode).join('/'), revision })
}

/** Decodes a part of an address. Returns an empty text if it is not valid. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}
