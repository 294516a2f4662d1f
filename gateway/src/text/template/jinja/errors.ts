/** An error that Jinja2 or Python raises for the same template and the same values. */
export class TemplateError extends Error {}

/** An error that other values may avoid: a missing key or item, or a text of another form. */
export class ValueDependentError extends TemplateError {}

/** An error that a template raises with `raise_exception`. */
export class TemplateRefusalError extends TemplateError {}

/** A rendering that takes more work than it may. */
export class WorkLimitError extends TemplateError {}

/** A template that does not parse. */
export class TemplateSyntaxError extends Error {}

/** A feature of Jinja2 or Python that this engine does not have. */
export class UnsupportedTemplateError extends Error {}
