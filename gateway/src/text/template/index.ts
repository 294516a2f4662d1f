/** What the comparison with transformers uses (test/src/templates). */
export { createChatTemplate } from './chat-template.js'
export { compileTemplate } from './jinja/index.js'
