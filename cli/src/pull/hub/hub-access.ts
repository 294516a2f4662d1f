import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The address of the hub, and the account of the requests. */
export interface HubAccess {
  /** Address of the hub, without a slash at its end. */
  readonly endpoint: string
  readonly token: string | null
  /** `HF_TOKEN`, or the file that holds the token; null without a token. */
  readonly tokenFrom: string | null
  /** The variable that forbids requests; null without one. */
  readonly offlineBy: string | null
}

const defaultEndpoint = 'https://huggingface.co'

/**
 * Reads the variables of Hugging Face's own tools, with the same meaning: HF_ENDPOINT, HF_TOKEN,
 * HF_TOKEN_PATH, HF_HOME, HF_HUB_OFFLINE.
 * @throws Error naming the variable that is wrong, its value and what was expected
 */
export async function readHubAccess(
  environment: NodeJS.ProcessEnv,
  userFolder: string = homedir(),
): Promise<HubAccess> {
  const endpoint = parseEndpoint(environment.HF_ENDPOINT || defaultEndpoint)
  const offlineBy = ['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'].find((name) => isTrue(environment[name])) ?? null
  const named = environment.HF_TOKEN?.trim()
  if (named) return { endpoint, token: assertToken(named, 'HF_TOKEN'), tokenFrom: 'HF_TOKEN', offlineBy }
  const path = tokenPath(environment, userFolder)
  const token = (await readFile(path, 'utf8').catch(() => '')).trim()
  if (token === '') return { endpoint, token: null, tokenFrom: null, offlineBy }
  return { endpoint, token: assertToken(token, path), tokenFrom: path, offlineBy }
}

/** Returns the file in which `hf auth login` stores the token. */
function tokenPath({ HF_TOKEN_PATH, HF_HOME, XDG_CACHE_HOME }: NodeJS.ProcessEnv, userFolder: string): string {
  const cache = XDG_CACHE_HOME || join(userFolder, '.cache')
  return HF_TOKEN_PATH || join(HF_HOME || join(cache, 'huggingface'), 'token')
}

function parseEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === '') return text.replace(/\/+$/, '')
  throw new Error(`HF_ENDPOINT is "${text}"; expected the hub's address, e.g. ${defaultEndpoint}`)
}

/** Checks that a token can be sent in a header. It is never shown. */
function assertToken(token: string, from: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new Error(`${from} is not a token of the hub: it contains spaces, line breaks or non-ASCII characters`)
}

const isTrue = (text: string | undefined) => /^(1|on|yes|true)$/i.test(text ?? '')
