import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Context, Hono } from 'hono'
import { etag } from 'hono/etag'
import type { AppEnvironment } from './dependencies.js'

/**
 * The folder of Swagger UI. It depends on @scarf/scarf, whose install script reports installations:
 * `ignore-scripts` in .npmrc disables it.
 */
const folder = join(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'), '..')

/** Allows only files of this server, and the data: icons of Swagger UI. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache',
}

/** URLs are relative, so that the page also works under a path prefix of a proxy. */
const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Tandem API</title>
    <link rel="icon" type="image/png" href="docs/favicon-32x32.png">
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <div id="api"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`

/** Disables the validator, because it runs on another host. */
const start = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#api',
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
})
`

const files = [
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
] as const

/** Paths that `serveDocs` serves. They need an API key, like the document itself. */
export const docsPaths = ['/', '/docs', '/docs/start.js', ...files.map(([name]) => `/docs/${name}`)]

/**
 * Serves GET /docs, a page that shows /openapi.json with Swagger UI; GET / redirects to it. The
 * page loads only files of this server.
 */
export function serveDocs(app: Hono<AppEnvironment>): void {
  const send = (type: string, body: string | Uint8Array<ArrayBuffer>) => (context: Context) =>
    context.body(body, 200, { ...headers, 'content-type': type })
  app.use('/docs/*', etag())
  app.get('/', (context) => context.redirect('docs'))
  app.get('/docs', send('text/html; charset=utf-8', page))
  app.get('/docs/start.js', send('text/javascript; charset=utf-8', start))
  for (const [name, type] of files)
    app.get(`/docs/${name}`, async (context) => send(type, await readFile(join(folder, name)))(context))
}
