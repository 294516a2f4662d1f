{{/* The environment of the processes. Services and gateway read no file: tandem.yaml is for `tandem up`. */}}

{{/* The variables of `settings`, whose keys are those of tandem.yaml. */}}
{{- define "tandem.settings" -}}
{{- range $key, $value := . -}}
{{- if not (kindIs "invalid" $value) }}
{{- $variable := ternary "TANDEM_PAIR" (printf "TANDEM_%s" (upper $key)) (eq $key "name") }}
{{- $text := toString $value }}
{{- if kindIs "bool" $value }}{{ $text = ternary "1" "0" $value }}
{{- else if eq $key "end_tokens" }}{{ $text = toJson $value }}
{{- else if kindIs "slice" $value }}{{ $text = join "," $value }}
{{- else if kindIs "float64" $value }}{{ $text = printf "%d" (int64 $value) }}
{{- end }}
{{ $variable }}: {{ $text | quote }}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The variables that gateway and services share. */}}
{{- define "tandem.sharedVariables" -}}
{{- if eq .Values.tls.mode "none" }}
TANDEM_INSECURE_GRPC: "1"
{{- else }}
TANDEM_TLS_CA: /etc/tandem/tls/ca.crt
TANDEM_TLS_CERT: /etc/tandem/tls/tls.crt
TANDEM_TLS_KEY: /etc/tandem/tls/tls.key
{{- end }}
TANDEM_METRICS_LISTEN: {{ ternary (printf "%s:9464" .Values.listenHost) "off" .Values.metrics.enabled | quote }}
{{- if and .Values.metrics.enabled (not .Values.metrics.keySecret.name) }}
TANDEM_METRICS_INSECURE: "1"
{{- end }}
{{- with .Values.telemetry }}
TANDEM_TRACE_TOKENS: {{ .token_ratio | quote }}
{{- if .endpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ .endpoint | quote }}
OTEL_EXPORTER_OTLP_PROTOCOL: {{ .protocol | quote }}
{{- if not (kindIs "invalid" .sample_ratio) }}
OTEL_TRACES_SAMPLER: parentbased_traceidratio
OTEL_TRACES_SAMPLER_ARG: {{ .sample_ratio | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* The variables that come from Secrets and from the pod. */}}
{{- define "tandem.podVariables" -}}
{{- with .Values.metrics }}
{{- if and .enabled .keySecret.name }}
- name: TANDEM_METRICS_KEY
  valueFrom: { secretKeyRef: { name: {{ .keySecret.name | quote }}, key: {{ .keySecret.key | quote }} } }
{{- end }}
{{- end }}
{{- with .Values.telemetry }}
{{- if .endpoint }}
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: OTEL_RESOURCE_ATTRIBUTES
  value: k8s.namespace.name={{ $.Release.Namespace }},k8s.pod.name=$(POD_NAME)
{{- if .headersSecret.name }}
- name: OTEL_EXPORTER_OTLP_HEADERS
  valueFrom: { secretKeyRef: { name: {{ .headersSecret.name | quote }}, key: {{ .headersSecret.key | quote }} } }
{{- end }}
{{- end }}
{{- end }}
{{- end }}
