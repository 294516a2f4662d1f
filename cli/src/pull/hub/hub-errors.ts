import { ZodError } from 'zod'
import type { HubAccess } from './hub-access.js'
import { formatHubName, type HubName } from '../../source-text/hub-name.js'

/** The hub answered, and said no. */
export class HubRefusal extends Error {
  /**
   * @param code X-Error-Code: `RepoNotFound`, `RevisionNotFound`, `GatedRepo`, ...; empty where it says none
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

/** No answer, or one that says to ask later: another try may do. */
export class HubUnreachable extends Error {}

/**
 * What a person is told of an error of the hub's; other errors are left as they are.
 * @param where how messages name the model, e.g. `--sft hf:org/repo`
 */
export function describeHubError(error: unknown, where: string, name: HubName, access: HubAccess): unknown {
  if (error instanceof HubUnreachable && access.offlineBy !== null)
    return new Error(
      `${where} is not in the cache, and ${access.offlineBy} is set, so the hub is not asked. Unset ${access.offlineBy} and run this again`,
      { cause: error },
    )
  if (error instanceof HubUnreachable)
    return new Error(
      `${where}: the hub cannot be reached at ${access.endpoint} (${error.message}). ` +
        'Check the network and run this again: what came so far is kept. HF_ENDPOINT names another address, e.g. of a mirror',
      { cause: error },
    )
  if (error instanceof SyntaxError || error instanceof ZodError)
    return new Error(
      `${where}: what answers at ${access.endpoint} does not speak as the Hugging Face hub does. Check HF_ENDPOINT`,
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
    return `the hub does not take the token of ${tokenFrom ?? 'this request'} (${said}). Make a new one at ${tokens}, or leave it out for what is open to all`
  if (code === 'GatedRepo')
    return tokenFrom === null
      ? `${repo} is gated (${said}). Accept its terms at ${page}, then set HF_TOKEN to a token of that account (${tokens})`
      : `${repo} is gated, and the account of the token of ${tokenFrom} has no access to it (${said}). Accept its terms at ${page} with that account; ` +
          `a fine-grained token must also be allowed to read gated repositories (${tokens})`
  if (code === 'RevisionNotFound')
    return `${repo} has no revision "${revision ?? 'main'}" (${said}). Its branches, tags and commits are at ${page}/tree/main; write one behind an @, as ${formatHubName({ ...name, revision: 'main' })}`
  if (code === 'RepoNotFound' || (status === 401 && code === '') || (status === 404 && code === ''))
    return tokenFrom === null
      ? `there is no repository ${repo} at ${endpoint} that is open to all (${said}): its name is another, or it is private. ` +
          `Look for it at ${page}; for a private one set HF_TOKEN (${tokens})`
      : `there is no repository ${repo} at ${endpoint} that the token of ${tokenFrom} may read (${said}). ` +
          `Look for it at ${page} with that token's account`
  return `the hub at ${endpoint} refuses (${said}). See ${page}`
}
