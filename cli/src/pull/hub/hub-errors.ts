import { ZodError } from 'zod'
import { formatHubName, type HubName } from '../../source-text/hub-name.js'
import type { HubAccess } from './hub-access.js'

/** The hub refused a request. */
export class HubRefusal extends Error {
  /**
   * @param code X-Error-Code: `RepoNotFound`, `RevisionNotFound`, `GatedRepo`, ...; empty without
   * one
   * @param reason X-Error-Message, else the status's text
   */
  constructor(
    readonly status: number,
    readonly code: string,
    readonly reason: string,
  ) {
    super(`${status} ${code || reason}`)
  }
}

/** The hub did not answer, or asked to retry later. */
export class HubUnreachable extends Error {}

/**
 * Explains an error of the hub to a person; returns other errors unchanged.
 * @param where the model in messages, e.g. `--sft hf:org/repo`
 */
export function describeHubError(error: unknown, where: string, name: HubName, access: HubAccess): unknown {
  if (error instanceof HubUnreachable && access.offlineBy !== null)
    return new Error(
      `${where} is not in the cache, and ${access.offlineBy} forbids requests to the hub. ` +
        `Unset ${access.offlineBy} and run this again`,
      { cause: error },
    )
  if (error instanceof HubUnreachable)
    return new Error(
      `${where}: the hub cannot be reached at ${access.endpoint} (${error.message}). ` +
        'Check the network and run this again: partial downloads are kept. ' +
        'HF_ENDPOINT sets another address, e.g. of a mirror',
      { cause: error },
    )
  if (error instanceof SyntaxError || error instanceof ZodError)
    return new Error(
      `${where}: the server at ${access.endpoint} does not answer like the Hugging Face hub. Check HF_ENDPOINT`,
      { cause: error },
    )
  if (error instanceof HubRefusal)
    return new Error(`${where}: ${describeRefusal(error, name, access)}`, { cause: error })
  return error
}

function describeRefusal(refusal: HubRefusal, name: HubName, { endpoint, tokenFrom }: HubAccess): string {
  const { repo, revision } = name
  const { status, code, reason } = refusal
  const said = `${status}: ${reason}`
  const page = `${endpoint}/${repo}`
  const tokens = `${endpoint}/settings/tokens`
  if (status === 401 && reason === 'Invalid credentials in Authorization header')
    return (
      `the hub does not accept the token of ${tokenFrom ?? 'this request'} (${said}). ` +
      `Make a new one at ${tokens}, or remove it for public models`
    )
  if (code === 'GatedRepo')
    return tokenFrom === null
      ? `${repo} is gated (${said}). Accept its terms at ${page}, ` +
          `then set HF_TOKEN to a token of your account (${tokens})`
      : `${repo} is gated, and the account of the token of ${tokenFrom} has no access to it (${said}). ` +
          `Accept its terms at ${page} with that account; ` +
          `a fine-grained token must also be allowed to read gated repositories (${tokens})`
  if (code === 'RevisionNotFound')
    return (
      `${repo} has no revision "${revision ?? 'main'}" (${said}). ` +
      `Its branches, tags and commits are at ${page}/tree/main; ` +
      `write one after an @, e.g. ${formatHubName({ ...name, revision: 'main' })}`
    )
  if (code === 'RepoNotFound' || (status === 401 && code === '') || (status === 404 && code === ''))
    return tokenFrom === null
      ? `${endpoint} has no public repository ${repo} (${said}): the name is wrong, or the repository is private. ` +
          `Check ${page}; for a private repository set HF_TOKEN (${tokens})`
      : `${endpoint} has no repository ${repo} that the token of ${tokenFrom} can read (${said}). ` +
          `Check ${page} with the account of that token`
  return `the hub at ${endpoint} refused the request (${said}). See ${page}`
}
