{{/* Requests that run or wait, and 1 for each gateway pod in its first ten minutes: it needs the models to start. */}}
{{- define "tandem.scalingQuery" -}}
{{- $pods := printf `namespace="%s", pod=~"%s-gateway-.*"` .Release.Namespace (include "tandem.fullname" .) -}}
{{- $busy := printf `tandem_event_loop_busy_seconds_total{%s}` $pods -}}
{{- $terms := list
  (printf `(sum(tandem_num_requests_running{%s}) or vector(0))` $pods)
  (printf `(sum(tandem_num_requests_waiting{%s}) or vector(0))` $pods)
  (printf `(count(%s unless %s offset 10m) or vector(0))` $busy $busy) -}}
{{- default (join " + " $terms) .Values.autoscaling.keda.query -}}
{{- end }}

{{/* What a HorizontalPodAutoscaler scales on: the same for all models. */}}
{{- define "tandem.hpaMetrics" -}}
{{- with .Values.autoscaling }}
{{- if eq .mode "cpu" }}
- type: Resource
  resource: { name: cpu, target: { type: Utilization, averageUtilization: {{ .cpu.averageUtilization }} } }
{{- else }}
- type: External
  external:
    metric:
      name: {{ .external.metricName }}
      {{- with .external.matchLabels }}
      selector: { matchLabels: {{ toJson . }} }
      {{- end }}
    target: { type: AverageValue, averageValue: {{ .external.requestsPerReplica | quote }} }
{{- end }}
{{- end }}
{{- end }}
