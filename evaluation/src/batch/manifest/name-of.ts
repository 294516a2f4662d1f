import { createHash } from 'node:crypto'
import type { Fields } from '../../prompts/index.js'

/** Digits of a name. */
const digits = 16

/** A name that two runs share only if their settings are equal. */
export const nameOf = (settings: Fields): string =>
  createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, digits)
