import type { Prompt } from './lease.js'

/** Tokens of a block. Services reuse prefixes in chunks of this size by default. */
const blockTokens = 96
/** Blocks of a prompt that count, from its first token. */
const maxBlocks = 64

/** The hashes of a prompt's prefixes in whole blocks, the shortest first. */
export type PromptPrefixes = readonly number[]

/**
 * Remembers which replica was sent which prompt, so that a prompt with the same beginning can go
 * there: its prefix is probably in that replica's cache. It keeps the latest prefixes only. A wrong
 * guess costs time and nothing else, so a hash of 53 bits is enough.
 */
export class PrefixAffinity {
  /** Addresses by the hash of a prefix, the least recently used first. */
  private readonly holders = new Map<number, string>()

  /** @param maxPrefixes number of prefixes that are kept; a prompt has one for each block */
  constructor(private readonly maxPrefixes = 16_384) {}

  get size(): number {
    return this.holders.size
  }

  /** Returns the address of the replica with the longest known prefix of the prompt, or null. */
  find(prefixes: PromptPrefixes): string | null {
    return prefixes.reduceRight<string | null>((found, hash) => found ?? this.holders.get(hash) ?? null, null)
  }

  /** Remembers that a replica was sent the prompt. */
  remember(prefixes: PromptPrefixes, address: string): void {
    for (const hash of prefixes) {
      this.holders.delete(hash)
      this.holders.set(hash, address)
    }
    for (const hash of this.holders.keys()) {
      if (this.holders.size <= this.maxPrefixes) return
      this.holders.delete(hash)
    }
  }

  /** Forgets a replica whose cache is gone. */
  forget(address: string): void {
    for (const [hash, holder] of this.holders) if (holder === address) this.holders.delete(hash)
  }
}

/** Hashes the prefixes of a prompt. None if it shares nothing. */
export function hashPrefixes(prompt: Prompt | null): PromptPrefixes {
  if (prompt === null || prompt.scope === '') return []
  const { scope, tokenIds } = prompt
  const blocks = Math.min(maxBlocks, Math.floor(tokenIds.length / blockTokens))
  // Two hashes side by side: JavaScript multiplies integers of at most 32 bits.
  let [a, b] = [0x811c9dc5, 0x9e3779b1]
  const add = (value: number) => {
    a = Math.imul(a ^ value, 0x01000193)
    b = Math.imul(b ^ (value + (b >>> 15)), 0x85ebca6b) ^ (b >>> 13)
  }
  for (let i = 0; i < scope.length; i++) add(scope.charCodeAt(i))
  return Array.from({ length: blocks }, (_, block) => {
    for (let i = block * blockTokens; i < (block + 1) * blockTokens; i++) add(tokenIds[i] ?? 0)
    return (a >>> 0) * 2 ** 21 + (b >>> 11)
  })
}
