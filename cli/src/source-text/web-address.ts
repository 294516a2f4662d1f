import { formatHubName, isRepo } from './hub-name.js'

const pagePattern = /^(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\/([^?#]*)/i

/** Whether a source is an address of the web, which is neither a path nor a name. */
export const isWebAddress = (source: string): boolean => /^https?:\/\//i.test(source) || pagePattern.test(source)

/**
 * Refuses addresses of pages of the hub, and of others.
 * @param where how messages name the source, e.g. `--sft https://huggingface.co/org/repo`
 * @throws Error telling the name of what is at that page
 */
export function assertNoWebAddress(source: string, where: string): void {
  if (!isWebAddress(source)) return
  const name = nameOfPage(pagePattern.exec(source)?.[1] ?? '')
  throw new Error(
    name === null
      ? `${where} is a web address, which is no source; a model of the Hugging Face hub is written hf:ORG/REPO`
      : `${where} is the address of a page; write ${name}`,
  )
}

/** @param page `ORG/REPO`, `ORG/REPO/tree/REVISION/PATH`, or `blob` or `resolve` in the place of `tree` */
function nameOfPage(page: string): string | null {
  const [org = '', name = '', view = '', written = '', ...path] = page.split('/').filter((part) => part !== '')
  const repo = `${org}/${name}`
  if (!isRepo(repo) || ['datasets', 'spaces', 'docs'].includes(org)) return null
  const revision = ['tree', 'blob', 'resolve'].includes(view) ? decode(written) : ''
  if (revision === '') return formatHubName({ repo, path: '', revision: null })
  return formatHubName({ repo, path: path.map(decode).join('/'), revision })
}

/** Empty where it is no part of an address. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}
