import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { repositoryFolder } from '../../support/fixtures.js'

/**
 * The folder of what is deployed: the dashboard, the alert rules, the configuration of Prometheus.
 */
export const deployedFolder = join(repositoryFolder, 'deploy/observability')

/** An expression of PromQL, and the labels that the text next to it prints. */
export interface DeployedExpression {
  /** Panel or alert. */
  readonly name: string
  readonly expression: string
  readonly printed: readonly string[]
}

interface Panel {
  readonly title: string
  readonly description?: string
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
}

interface Dashboard {
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] }
}

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly annotations: { readonly summary: string; readonly description: string }
}

/** Reads a file of the folder. */
export const readDeployed = (file: string): string => readFileSync(join(deployedFolder, file), 'utf8')

/** Reads the dashboard. */
export const readDashboard = () => JSON.parse(readDeployed('dashboard.json')) as Dashboard

/** Reads the alert rules. */
export function readRules(): readonly Rule[] {
  const { groups } = parse(readDeployed('alerts.yaml')) as { groups: readonly { rules: readonly Rule[] }[] }
  return groups.flatMap(({ rules }) => rules)
}

/** Returns the expressions of the dashboard as Prometheus reads them. */
export const dashboardExpressions = (): DeployedExpression[] =>
  readDashboard().panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({
      name: `${title}: ${legendFormat}`,
      expression: expr.replaceAll('$__rate_interval', '5m').replaceAll('$model_name', '.*'),
      printed: [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label),
    })),
  )

/** Returns the expressions of the alert rules. */
export const ruleExpressions = (): DeployedExpression[] =>
  readRules().map(({ alert, expr, annotations }) => ({
    name: alert,
    expression: expr,
    printed: [
      ...Object.values(annotations)
        .join(' ')
        .matchAll(/\$labels\.(\w+)/g),
    ].map(([, label = '']) => label),
  }))
