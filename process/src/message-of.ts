/** Returns the message of an error. Other values that were thrown are converted to a string. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
