import { describe, expect, it } from 'vitest'
import { findHome } from './home.js'

describe('findHome', () => {
  it.each<[string, NodeJS.ProcessEnv, NodeJS.Platform, string]>([
    ['TANDEM_HOME before all', { TANDEM_HOME: '/data/t', XDG_CACHE_HOME: '/x' }, 'linux', '/data/t'],
    ['XDG_CACHE_HOME', { XDG_CACHE_HOME: '/x' }, 'linux', '/x/tandem'],
    ['Linux', {}, 'linux', '/home/ada/.cache/tandem'],
    ['macOS', { XDG_CACHE_HOME: '/x' }, 'darwin', '/home/ada/Library/Caches/tandem'],
    ['Windows', { LOCALAPPDATA: '/local' }, 'win32', '/local/tandem'],
    [
      'an empty variable counts as missing',
      { TANDEM_HOME: '', XDG_CACHE_HOME: '' },
      'linux',
      '/home/ada/.cache/tandem',
    ],
  ])('%s', (_name, environment, platform, expected) => {
    const home = findHome(environment, platform, '/home/ada')
    expect(home.folder).toBe(expected)
    expect(home.models).toBe(`${expected}/models`)
  })
})
