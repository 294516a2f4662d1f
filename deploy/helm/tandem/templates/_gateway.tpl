{{- define "tandem.gatewayVariables" -}}
{{ include "tandem.sharedVariables" . }}
TANDEM_HOST: {{ .Values.listenHost | quote }}
TANDEM_PORT: "8080"
TANDEM_API_KEYS_FILE: /etc/tandem/keys/keys
TANDEM_SFT: {{ include "tandem.pairAddress" (dict "root" . "role" "sft") | quote }}
TANDEM_DPO: {{ include "tandem.pairAddress" (dict "root" . "role" "dpo") | quote }}
{{- with include "tandem.addresses" (dict "root" . "kind" "logit") }}
TANDEM_MODELS: {{ . | quote }}
{{- end }}
{{- with include "tandem.addresses" (dict "root" . "kind" "reward") }}
TANDEM_REWARDS: {{ . | quote }}
{{- end }}
{{- include "tandem.settings" .Values.gateway.settings }}
{{- end }}

{{/* Seconds from SIGTERM to SIGKILL: longer than the drain, which is as long as the longest answer. */}}
{{- define "tandem.gatewayGrace" -}}
{{- $settings := .Values.gateway.settings -}}
{{- $drain := add (int64 $settings.drain_delay_ms) (int64 $settings.drain_ms) -}}
{{- add (div (add $drain 999) 1000) (int64 .Values.gateway.terminationMarginSeconds) -}}
{{- end }}

{{/*
The path of the readiness probe. A gateway whose models are scaled to zero must get requests: they wake the models.
*/}}
{{- define "tandem.gatewayReadiness" -}}
{{- $scaling := .Values.autoscaling -}}
{{- ternary "/livez" "/readyz" (and (eq $scaling.mode "keda") (eq (int $scaling.minReplicas) 0)) -}}
{{- end }}

{{- define "tandem.gatewayTlsSecret" -}}
{{- if eq .Values.tls.mode "secrets" }}{{ .Values.tls.secrets.gateway }}{{ else }}{{ include "tandem.fullname" . }}-gateway-tls{{ end -}}
{{- end }}
