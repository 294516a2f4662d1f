{{- define "tandem.testSelector" -}}
{{ include "tandem.selector" . }}
app.kubernetes.io/component: test
{{- end }}

{{- define "tandem.metricsIngress" -}}
{{- if and .Values.metrics.enabled .Values.networkPolicy.metrics }}
- ports: [{ port: metrics, protocol: TCP }]
  from: {{- toYaml .Values.networkPolicy.metrics | nindent 4 }}
{{- end }}
{{- end }}

{{- define "tandem.commonEgress" -}}
{{- with .Values.networkPolicy }}
- ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
  {{- with .dns }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- if $.Values.telemetry.endpoint }}
- ports:
    {{- range .collector.ports }}
    - { port: {{ . }}, protocol: TCP }
    {{- end }}
  {{- with .collector.to }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* A service opens no connections, unless it exports traces or builds its model. */}}
{{- define "tandem.serviceEgress" -}}
{{- if or .Values.telemetry.endpoint .Values.networkPolicy.modelEgress }}
{{- include "tandem.commonEgress" . }}
{{- with .Values.networkPolicy.modelEgress }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- end }}
