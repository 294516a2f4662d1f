{{/* The names of objects, and the labels that select them. */}}

{{- define "tandem.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $full .Values.fullnameOverride | trunc 23 | trimSuffix "-" -}}
{{- end }}

{{- define "tandem.selector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride | trunc 63 | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* All labels of an object. @param root, component: gateway or service */}}
{{- define "tandem.labels" -}}
{{ include "tandem.selector" .root }}
app.kubernetes.io/component: {{ .component }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | quote }}
{{- end }}

{{- define "tandem.gatewaySelector" -}}
{{ include "tandem.selector" . }}
app.kubernetes.io/component: gateway
{{- end }}

{{- define "tandem.servicesSelector" -}}
{{ include "tandem.selector" . }}
app.kubernetes.io/component: service
{{- end }}

{{/* The pods of a role, of all its entries. @param root, model */}}
{{- define "tandem.roleSelector" -}}
{{ include "tandem.servicesSelector" .root }}
tandem/kind: {{ .model.kind }}
tandem/role: {{ .model.role | quote }}
{{- end }}

{{- define "tandem.serviceAccount" -}}
{{- default (ternary (include "tandem.fullname" .) "default" .Values.serviceAccount.create) .Values.serviceAccount.name -}}
{{- end }}

{{/* @param root, image with repository and tag */}}
{{- define "tandem.image" -}}
{{- $registry := .root.Values.image.registry -}}
{{- $tag := coalesce .image.tag .root.Values.image.tag .root.Chart.AppVersion -}}
{{- with $registry }}{{ . }}/{{ end }}{{ .image.repository }}:{{ $tag }}
{{- end }}

{{- define "tandem.keysSecret" -}}
{{- default (printf "%s-api-keys" (include "tandem.fullname" .)) .Values.apiKeys.existingSecret -}}
{{- end }}
