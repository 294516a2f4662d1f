export {
  TemplateError,
  TemplateRefusalError,
  TemplateSyntaxError,
  UnsupportedTemplateError,
  ValueDependentError,
  WorkLimitError,
} from './errors.js'
export { maxTextLength } from './limits.js'
export { globalNames } from './run/globals.js'
export { compileTemplate, type Render } from './template.js'
export { costs, maxWork } from './work.js'
