export {
  TemplateError,
  TemplateRefusalError,
  TemplateSyntaxError,
  UnsupportedTemplateError,
  ValueDependentError,
} from './errors.js'
export { maxTextLength } from './limits.js'
export { globalNames } from './run/globals.js'
export { compileTemplate, type Render } from './template.js'
