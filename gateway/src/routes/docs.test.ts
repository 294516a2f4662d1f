import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveApp } from '../testing/serve-app.js'
import { startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'
import { docsPaths } from './docs.js'
import { operationIds } from './operations.js'

let gateway: ToyGateway
let server: Awaited<ReturnType<typeof serveApp>>
beforeAll(async () => {
  gateway = await startToyGateway()
  server = await serveApp(gateway.app())
})
afterAll(async () => {
  await server?.stop()
  gateway?.stop()
})

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

test('/ redirects to the page, also behind a path prefix of a proxy', async () => {
  const answer = await fetch(server.url, { redirect: 'manual' })
  expect([answer.status, answer.headers.get('location')]).toEqual([302, 'docs'])
  const followed = await fetch(server.url)
  expect([followed.url, followed.status]).toEqual([`${server.url}/docs`, 200])
  expect((await fetch(server.url, { method: 'POST' })).status).toBe(405)
})

test('serves the page, its scripts, style and icon, and their policy blocks other hosts', async () => {
  const paths = docsPaths.filter((path) => path !== '/')
  const answers = await Promise.all(paths.map((path) => fetch(server.url + path)))
  const types = answers.map(({ status, headers }) => [status, headers.get('content-type')?.split(';')[0]])
  expect(Object.fromEntries(paths.map((path, i) => [path, types[i]]))).toEqual({
    '/docs': [200, 'text/html'],
    '/docs/start.js': [200, 'text/javascript'],
    '/docs/swagger-ui.css': [200, 'text/css'],
    '/docs/swagger-ui-bundle.js': [200, 'text/javascript'],
    '/docs/favicon-32x32.png': [200, 'image/png'],
  })
  for (const { headers } of answers) expect(headers.get('content-security-policy')).toBe(policy)
  const [page = '', start = '', style = ''] = await Promise.all(answers.map((answer) => answer.text()))
  const loaded = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => `/${address}`)
  expect(loaded.sort()).toEqual(paths.filter((path) => path !== '/docs').sort())
  expect(start).toContain('validatorUrl: null')
  expect(start).not.toMatch(/\/\//)
  for (const [, address] of style.matchAll(/url\(["']?([^"')]*)/g)) expect(address).toMatch(/^data:/)
  expect(style).not.toContain('@import')
})

test('does not send again what a browser has cached', async () => {
  const first = await fetch(`${server.url}/docs/swagger-ui-bundle.js`)
  await first.body?.cancel()
  const tag = first.headers.get('etag') ?? ''
  const again = await fetch(first.url, { headers: { 'if-none-match': tag } })
  expect([again.status, await again.text()]).toEqual([304, ''])
})

test('refuses other methods', async () => {
  const answer = await fetch(`${server.url}/docs`, { method: 'POST' })
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

test.skipIf(browserPath === undefined)(
  'in a browser: shows every operation, loads nothing from other hosts, has no errors',
  async () => {
    const browser = await chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] })
    try {
      const page = await browser.newPage()
      const asked: string[] = []
      const faults: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      page.on('pageerror', (error) => faults.push(error.message))
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
      await page.goto(`${server.url}/docs`)
      await page.locator('.opblock').first().waitFor()
      expect(await page.locator('.opblock').count()).toBe(operationIds.length)
      await page.locator('#operations-default-createChatCompletion button.opblock-summary-control').click()
      await page.getByText('decoding_candidates').first().waitFor()
      expect(faults).toEqual([])
      const elsewhere = asked.filter((address) => !address.startsWith(server.url) && !address.startsWith('data:'))
      expect(elsewhere).toEqual([])
      expect(asked).toContain(`${server.url}/openapi.json`)
    } finally {
      await browser.close()
    }
  },
)
