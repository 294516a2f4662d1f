import { expect, test } from 'vitest'
import { escapeHtml } from './escape-html.js'

test('escapes what ends a text or an attribute', () =>
  expect(escapeHtml(`<a b="c" d='e'>&`)).toBe('&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;'))
