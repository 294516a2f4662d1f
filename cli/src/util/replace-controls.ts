/** Replaces the control characters of a line, which must not control the terminal. */
export const replaceControls = (line: string): string => line.replaceAll(/[^\P{Cc}\t]/gu, '?')
