{{/* The environment of a service. @param root, model */}}
{{- define "tandem.serviceVariables" -}}
{{- $host := .root.Values.listenHost -}}
{{ include "tandem.sharedVariables" .root }}
TANDEM_MODEL: {{ include "tandem.modelFolder" .model | quote }}
{{- if eq .model.kind "logit" }}
TANDEM_ROLE: {{ .model.role | quote }}
{{- end }}
TANDEM_LISTEN: {{ printf "%s:7001" $host | quote }}
{{- with .model.base }}
TANDEM_BASE_LISTEN: {{ printf "%s:7002" $host | quote }}
TANDEM_BASE_ROLE: {{ . | quote }}
{{- end }}
TANDEM_HEALTH_LISTEN: {{ printf "%s:7080" $host | quote }}
TANDEM_LOCAL_SERVICES: "1"
{{- with .model.release }}
TANDEM_RELEASE: {{ . | quote }}
{{- end }}
{{- include "tandem.settings" .model.settings }}
{{- end }}

{{/* The variables of a service that a ConfigMap cannot hold. @param root, model */}}
{{- define "tandem.serviceEnv" -}}
{{- if not (hasKey .model.settings "threads") }}
# The whole cores of the limit; without a limit, those of the node.
- name: TANDEM_THREADS
  valueFrom: { resourceFieldRef: { containerName: service, resource: limits.cpu, divisor: "1" } }
{{- end }}
{{- include "tandem.podVariables" .root }}
{{- with .model.env }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "tandem.serviceGrace" -}}
{{- add (div (add (int64 .settings.drain_ms) 999) 1000) (int64 .terminationMarginSeconds) -}}
{{- end }}

{{/* The folder of the model in the container. */}}
{{- define "tandem.modelFolder" -}}
{{- if eq .source.type "baked" }}{{ .source.baked.path }}
{{- else if eq .source.type "pvc" }}{{ printf "/model/%s" .source.pvc.path | trimSuffix "/" }}
{{- else }}/model/folder{{ end -}}
{{- end }}

{{- define "tandem.modelVolume" -}}
{{- if eq .source.type "pvc" }}
- name: model
  persistentVolumeClaim: { claimName: {{ .source.pvc.claimName | quote }}, readOnly: true }
{{- else if ne .source.type "baked" }}
- { name: model, emptyDir: { sizeLimit: {{ .source.sizeLimit }} } }
{{- end }}
{{- end }}

{{- define "tandem.modelMount" -}}
{{- if ne .source.type "baked" }}
- { name: model, mountPath: /model, readOnly: true }
{{- end }}
{{- end }}

{{/*
The init containers that fill the model's volume and compare its manifest. The service then compares the files with the
manifest. @param root, model
*/}}
{{- define "tandem.modelInit" -}}
{{- $source := .model.source -}}
{{- if eq $source.type "image" }}
- name: copy-model
  image: {{ include "tandem.image" (dict "root" .root "image" $source.image) | quote }}
  command: [sh, -euc, 'rm -rf /model/folder; cp -R "$0" /model/folder']
  args: [{{ $source.image.path | quote }}]
  {{- include "tandem.initRest" . | nindent 2 }}
{{- else if eq $source.type "build" }}
{{- $build := $source.build }}
- name: build-model
  image: {{ include "tandem.image" (dict "root" .root "image" $build.image) | quote }}
  command: [sh, -euc, 'rm -rf /model/folder; tandem build "$@" --out /model/folder; rm -rf /cache/*', sh]
  args:
    - {{ $build.source | quote }}
    {{- with $build.adapter }}
    - --adapter
    - {{ . | quote }}
    {{- end }}
    {{- if ne (float64 $build.adapterScale) 1.0 }}
    - --adapter-scale
    - {{ $build.adapterScale | quote }}
    {{- end }}
    {{- with $build.precision }}
    - --precision
    - {{ . | quote }}
    {{- end }}
    {{- if $build.merge }}
    - --merge
    {{- end }}
    {{- with $build.args }}{{ toYaml . | nindent 4 }}{{ end }}
  {{- if or $build.tokenSecret.name $build.env }}
  env:
    {{- with $build.tokenSecret }}
    {{- if .name }}
    - name: HF_TOKEN
      valueFrom: { secretKeyRef: { name: {{ .name | quote }}, key: {{ .key | quote }} } }
    {{- end }}
    {{- end }}
    {{- with $build.env }}{{ toYaml . | nindent 4 }}{{ end }}
  {{- end }}
  {{- include "tandem.initRest" . | nindent 2 }}
{{- end }}
{{- if $source.manifestSha256 }}
- name: check-manifest
  image: {{ include "tandem.image" (dict "root" .root "image" .model.image) | quote }}
  command: [sh, -euc, 'echo "$0  $1/tandem.json" | sha256sum -c -']
  args: [{{ $source.manifestSha256 | quote }}, {{ include "tandem.modelFolder" .model | quote }}]
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  securityContext: {{- include "tandem.containerSecurity" . | nindent 4 }}
  volumeMounts: [{{- if ne $source.type "baked" }}{ name: model, mountPath: /model, readOnly: true }{{ end }}]
{{- end }}
{{- end }}

{{/* What the init containers that write a model have in common. The cache holds downloads, as large as the model. */}}
{{- define "tandem.initRest" -}}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext: {{- include "tandem.containerSecurity" . | nindent 2 }}
resources: {{- toYaml .model.resources | nindent 2 }}
volumeMounts:
  - { name: model, mountPath: /model }
  - { name: tmp, mountPath: /tmp }
  - { name: model, mountPath: /cache, subPath: cache }
{{- end }}

{{/* Requests and limits, with GPUs. */}}
{{- define "tandem.serviceResources" -}}
{{- $resources := deepCopy .resources -}}
{{- if gt (int .gpu.count) 0 -}}
{{- $limits := merge (dict .gpu.resource (int .gpu.count)) (default dict $resources.limits) -}}
{{- $_ := set $resources "limits" $limits -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end }}

{{/* @param root, model */}}
{{- define "tandem.serviceTlsSecret" -}}
{{- if eq .root.Values.tls.mode "secrets" }}{{ .model.tlsSecret }}{{ else }}{{ .model.service }}-tls{{ end -}}
{{- end }}

{{- define "tandem.isScaled" -}}
{{- if and (ne .root.Values.autoscaling.mode "none") .model.autoscale }}yes{{ end -}}
{{- end }}
