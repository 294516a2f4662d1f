import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryFolder } from './support/fixtures.js'

/** Versions below which a library has a known fault that a client could use. */
const least: Readonly<Record<string, string>> = {
  // CVE-2026-44456: chunked bodies pass bodyLimit. CVE-2026-54288: the same on Lambda.
  hono: '4.12.25',
  // CVE-2026-44291: unbounded recursion in messages.
  protobufjs: '7.5.6',
  // CVE-2024-37168: compressed messages above the limit of their size.
  '@grpc/grpc-js': '1.10.9',
}

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>
}

test.each(Object.entries(least))('every copy of %s is at least %s', (name, version) => {
  const { packages } = JSON.parse(readFileSync(join(repositoryFolder, 'package-lock.json'), 'utf8')) as LockFile
  const copies = Object.entries(packages).flatMap(([path, { version: found }]) =>
    path.endsWith(`node_modules/${name}`) && found ? [found] : [],
  )
  expect(copies.length).toBeGreaterThan(0)
  expect(copies.filter((found) => isBelow(found, version))).toEqual([])
})

test.each([
  ['4.12.24', '4.12.25', true],
  ['4.9.30', '4.12.25', true],
  ['4.12.25', '4.12.25', false],
  ['5.0.0', '4.12.25', false],
])('%s is below %s: %s', (found, version, expected) => {
  expect(isBelow(found, version)).toBe(expected)
})

function isBelow(found: string, version: string): boolean {
  const [a, b] = [found, version].map((text) => text.split('.').map(Number))
  const place = (b ?? []).findIndex((part, i) => part !== a?.[i])
  return place >= 0 && (a?.[place] ?? 0) < (b?.[place] ?? 0)
}
