import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FakeGateway, startFakeGateway } from '@tandem/evaluation/testing'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Context } from '../context.js'
import { createTestContext } from './test-context.js'

/** What the tests of a command that reads a file of prompts share. */
export interface FileCommand {
  readonly folder: string
  /** A file of prompts in the folder. */
  readonly prompts: string
  readonly gateway: FakeGateway
  /** What the command printed in this test. */
  words: string
  readonly context: Context
  /** Options that every run has, with the gateway above. */
  base(out: string): { out: string; url: string; apiKeys: string[]; seed: number; retryFor: number; timeout: number }
}

/**
 * Creates a folder with a file of prompts, and starts a gateway, before the tests of a file;
 * removes both afterwards.
 * @param lines the prompts
 * @returns an object that is filled in when the tests begin
 */
export function useFileCommand(lines: readonly string[], rewardModels: readonly string[] = []): FileCommand {
  const command = { words: '' } as FileCommand & { folder: string; prompts: string; gateway: FakeGateway }
  const write = (text: string) => {
    command.words += text
  }
  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tandem-command-'))
    const prompts = join(folder, 'prompts.txt')
    await writeFile(prompts, lines.map((line) => `${line}\n`).join(''))
    const gateway = await startFakeGateway({ rewardModels })
    const limits = { seed: 0, retryFor: 0, timeout: 60 }
    const base = (out: string) => ({ out: join(folder, out), url: gateway.url, apiKeys: [], ...limits })
    Object.assign(command, { folder, prompts, gateway, base, context: createTestContext(folder, write) })
  })
  afterAll(async () => {
    await command.gateway.stop()
    await rm(command.folder, { recursive: true, force: true })
  })
  beforeEach(() => {
    command.words = ''
  })
  return command
}
