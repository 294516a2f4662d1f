{{/*
The entries of `models` with their defaults, by name, as YAML. Each also has
  role       its role in the gateway
  workload   the name of its Deployment
  service    the name of the headless Service of its role
  host       the Service's name in DNS, which its certificate is for
  settings   with those that follow from the gateway's
*/}}
{{- define "tandem.models" -}}
{{- $root := . -}}
{{- $full := include "tandem.fullname" . -}}
{{- $models := dict -}}
{{- range $name, $own := .Values.models -}}
{{- if $own -}}
{{- $model := mergeOverwrite (deepCopy $root.Values.modelDefaults) (deepCopy $own) -}}
{{- $_ := set $model "role" (default $name $model.role) -}}
{{- $_ := set $model "workload" (printf "%s-%s-%s" $full $model.kind ($name | replace "_" "-")) -}}
{{- $_ := set $model "service" (printf "%s-%s-%s" $full $model.kind ($model.role | replace "_" "-")) -}}
{{- $_ := set $model "host" (printf "%s.%s.svc.%s" $model.service $root.Release.Namespace $root.Values.clusterDomain) -}}
{{- $limit := $root.Values.gateway.settings.request_timeout_ms -}}
{{- $inherited := dict "request_timeout_ms" $limit "drain_ms" (min (int64 $limit) 3600000) -}}
{{- $_ := set $model "settings" (merge $model.settings $inherited) -}}
{{- $_ := set $models $name $model -}}
{{- end -}}
{{- end -}}
{{- toYaml $models -}}
{{- end }}

{{/* One entry of each role, by the name of its Service, as YAML. */}}
{{- define "tandem.roles" -}}
{{- $roles := dict -}}
{{- range $name, $model := include "tandem.models" . | fromYaml -}}
{{- if not (hasKey $roles $model.service) -}}{{- $_ := set $roles $model.service $model -}}{{- end -}}
{{- end -}}
{{- toYaml $roles -}}
{{- end }}

{{/* name=host:port of the roles of a kind, separated by commas: the default reward first. @param root, kind */}}
{{- define "tandem.addresses" -}}
{{- $first := .root.Values.defaultReward -}}
{{- $begin := list -}}{{- $rest := list -}}
{{- $kind := .kind -}}
{{- range include "tandem.roles" .root | fromYaml -}}
{{- if and (eq .kind $kind) (not (and (eq .kind "logit") (has .role (list "sft" "dpo")))) -}}
{{- $address := printf "%s=%s:7001" .role .host -}}
{{- if eq .role $first -}}{{- $begin = append $begin $address -}}{{- else -}}{{- $rest = append $rest $address -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- join "," (concat $begin $rest) -}}
{{- end }}

{{/* host:port of a model of the pair: of its own service, or of one that serves it as its base. @param root, role */}}
{{- define "tandem.pairAddress" -}}
{{- range include "tandem.roles" .root | fromYaml -}}
{{- if and (eq .kind "logit") (eq .role $.role) -}}{{- printf "%s:7001" .host -}}
{{- else if eq .base $.role -}}{{- printf "%s:7002" .host -}}
{{- end -}}
{{- end -}}
{{- end }}
