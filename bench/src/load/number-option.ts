/** Parses the number of an option. @throws Error if it is not in the range */
export function numberOf(option: string, text: string | undefined, least: number, most = 1e9): number {
  const number = Number(text)
  if (text !== undefined && text.trim() !== '' && number >= least && number <= most) return number
  throw new Error(`${option} is ${text}: expected a number from ${least} to ${most}`)
}
