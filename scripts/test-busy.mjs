/**
 * Runs the suite at the lowest priority beside busy processes of the same priority, to find tests
 * that depend on the speed of the machine.
 *
 * usage: npm run test:busy -- [--load N] [TEST_FILE ...]
 *   --load N   the number of busy processes (8)
 */
import { spawn, spawnSync } from 'node:child_process'
import { setPriority } from 'node:os'
import { parseArgs } from 'node:util'

/** Computes without a pause, and ends with its parent. */
const busyLoop = `
  process.stdin.resume().on('close', () => process.exit())
  const spin = () => {
    for (const end = Date.now() + 50; Date.now() < end; );
    setImmediate(spin)
  }
  spin()`

const { values, positionals: files } = parseArgs({
  allowPositionals: true,
  options: { load: { type: 'string', default: '8' } },
})
const load = Number(values.load)
if (!Number.isInteger(load) || load < 1) {
  console.error(`--load is ${values.load}: expected an integer of at least 1`)
  process.exit(1)
}
// Child processes inherit the priority.
setPriority(19)
const busy = Array.from({ length: load }, () =>
  spawn(process.execPath, ['-e', busyLoop], { stdio: ['pipe', 'ignore', 'inherit'] }),
)
try {
  const { status, error } = spawnSync('npx', ['vitest', 'run', ...files], { stdio: 'inherit' })
  if (error) throw error
  process.exitCode = status ?? 1
} finally {
  for (const child of busy) child.kill('SIGKILL')
}
