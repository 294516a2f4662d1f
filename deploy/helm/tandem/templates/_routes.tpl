{{/* Seconds that a request may take: to be received, to run, and to be read by a slow client. */}}
{{- define "tandem.requestSeconds" -}}
{{- $settings := .Values.gateway.settings -}}
{{- $receive := int64 (default 60000 $settings.receive_timeout_ms) -}}
{{- add (div (add (int64 $settings.request_timeout_ms) $receive) 1000) 10 -}}
{{- end }}
