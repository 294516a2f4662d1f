/** Returns the API keys of the command line, then those of the environment. */
export const keysOf = (
  { apiKey = [] }: { readonly apiKey?: readonly string[] },
  { TANDEM_API_KEYS = '' }: NodeJS.ProcessEnv,
): string[] => [
  ...apiKey,
  ...TANDEM_API_KEYS.split(',')
    .map((key) => key.trim())
    .filter((key) => key !== ''),
]
