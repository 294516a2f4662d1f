{{/* Refuses what the schema cannot see. Each message says what was found, what was expected and what to do. */}}

{{- define "tandem.checks" -}}
{{- $models := include "tandem.models" . | fromYaml -}}
{{- $roles := include "tandem.roles" . | fromYaml -}}
{{- range $role := list "sft" "dpo" -}}
{{- if not (include "tandem.pairAddress" (dict "root" $ "role" $role)) -}}
{{- fail (printf "models has no entry with the role %s and kind logit: the gateway needs sft and dpo" $role) -}}
{{- end -}}
{{- end -}}
{{- $workloads := dict -}}
{{- range $name, $model := $models -}}
{{- $path := printf "models.%s" $name -}}
{{- if hasKey $workloads $model.workload -}}
{{- fail (printf "%s and models.%s would have the same Deployment, %s: rename one of them" $path (get $workloads $model.workload) $model.workload) -}}
{{- end -}}
{{- $_ := set $workloads $model.workload $name -}}
{{- $same := get $roles $model.service -}}
{{- if ne $same.role $model.role -}}
{{- fail (printf "the roles %s and %s would have the same Service, %s: rename one of them" $same.role $model.role $model.service) -}}
{{- end -}}
{{- if ne $same.base $model.base -}}
{{- fail (printf "%s has the base %q, another entry with the role %s has %q: give them the same" $path $model.base $model.role $same.base) -}}
{{- end -}}
{{- if and $model.base (or (ne $model.role "dpo") (hasKey $roles (printf "%s-logit-sft" (include "tandem.fullname" $)))) -}}
{{- fail (printf "%s.base is sft: expected the role dpo, and no other entry with the role sft (models.sft: null)" $path) -}}
{{- end -}}
{{- if and (eq $model.kind "reward") (has $model.role (list "sft" "dpo")) -}}
{{- fail (printf "%s has kind reward and the role %s, which is a model of the pair: give it another name" $path $model.role) -}}
{{- end -}}
{{- if and (eq $model.kind "logit") (has $model.role (list "min" "max" "exp" "log")) -}}
{{- fail (printf "%s has the role %s, which is a function of formulas: give it another name" $path $model.role) -}}
{{- end -}}
{{- if and (eq $model.kind "logit") (not (regexMatch "^[a-z][a-z0-9_]*$" $model.role)) -}}
{{- fail (printf "%s has the role %q: expected a lower-case letter, then lower-case letters, digits or _. Only reward models may have others" $path $model.role) -}}
{{- end -}}
{{- $source := $model.source -}}
{{- $field := get (dict "image" "path" "build" "source" "pvc" "claimName" "baked" "path") $source.type -}}
{{- if not (get (get $source $source.type) $field) -}}
{{- fail (printf "%s.source.%s.%s is empty, but source.type is %s: name the model" $path $source.type $field $source.type) -}}
{{- end -}}
{{- if and (eq $.Values.tls.mode "secrets") (not $model.tlsSecret) -}}
{{- fail (printf "%s.tlsSecret is empty, but tls.mode is secrets: name a Secret with ca.crt, tls.crt and tls.key" $path) -}}
{{- end -}}
{{- if gt (int64 $model.settings.handover_ms) (int64 $model.settings.drain_ms) -}}
{{- fail (printf "%s.settings.handover_ms is longer than drain_ms, of which it is a part: raise drain_ms" $path) -}}
{{- end -}}
{{- end -}}
{{- include "tandem.checkGateway" . -}}
{{- include "tandem.checkScaling" . -}}
{{- include "tandem.checkBatch" . -}}
{{- end }}

{{- define "tandem.checkGateway" -}}
{{- if and (eq .Values.tls.mode "secrets") (not .Values.tls.secrets.gateway) -}}
{{- fail "tls.secrets.gateway is empty, but tls.mode is secrets: name a Secret with ca.crt, tls.crt and tls.key" -}}
{{- end -}}
{{- if and .Values.metrics.enabled (not .Values.networkPolicy.enabled) (not .Values.metrics.keySecret.name) -}}
{{- fail "everyone in the cluster could read the metrics: set metrics.keySecret, networkPolicy.enabled, or metrics.enabled: false" -}}
{{- end -}}
{{- $longest := int64 .Values.gateway.settings.request_timeout_ms -}}
{{- if lt (int64 .Values.gateway.settings.drain_ms) $longest -}}
{{- fail (printf "gateway.settings.drain_ms is %d, but a request may take %d (request_timeout_ms): a roll-out would end answers. Raise drain_ms, or lower request_timeout_ms" (int64 .Values.gateway.settings.drain_ms) $longest) -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- fail "httpRoute.parentRefs is empty: name the Gateway that the route belongs to" -}}
{{- end -}}
{{- if and .Values.defaultReward (not (hasKey (include "tandem.roles" . | fromYaml) (printf "%s-reward-%s" (include "tandem.fullname" .) (.Values.defaultReward | replace "_" "-")))) -}}
{{- fail (printf "defaultReward is %s, but no entry of models has that role and kind reward" .Values.defaultReward) -}}
{{- end -}}
{{- end }}

{{- define "tandem.checkScaling" -}}
{{- $scaling := .Values.autoscaling -}}
{{- if gt (int $scaling.minReplicas) (int $scaling.maxReplicas) -}}
{{- fail (printf "autoscaling.minReplicas is %d, more than maxReplicas, %d" (int $scaling.minReplicas) (int $scaling.maxReplicas)) -}}
{{- end -}}
{{- if and (eq (int $scaling.minReplicas) 0) (ne $scaling.mode "keda") (ne $scaling.mode "none") -}}
{{- fail (printf "autoscaling.minReplicas is 0 and mode is %s: only keda can scale to zero" $scaling.mode) -}}
{{- end -}}
{{- if and (eq $scaling.mode "keda") (not $scaling.keda.serverAddress) -}}
{{- fail "autoscaling.keda.serverAddress is empty: give the address of Prometheus, for example http://prometheus.monitoring:9090" -}}
{{- end -}}
{{- if and (eq $scaling.mode "keda") (not .Values.metrics.enabled) -}}
{{- fail "autoscaling.mode is keda, which reads the metrics of the gateway, but metrics.enabled is false" -}}
{{- end -}}
{{- end }}
