{{- define "tandem.batchSelector" -}}
{{ include "tandem.selector" . }}
app.kubernetes.io/component: batch
{{- end }}

{{/* The program of a pod: its API key, and its part of the prompts. */}}
{{- define "tandem.batchScript" -}}
keys=/etc/tandem/keys/keys
export TANDEM_API_KEYS="${TANDEM_API_KEYS:-$(awk '!/^[ \t]*(#|sha256:|$)/ { print $1; exit }' $keys)}"
exec tandem batch "$@" --shard "$((JOB_COMPLETION_INDEX + 1))/{{ .Values.batch.shards }}"
{{- end }}

{{/* The specification of the Job, which cannot be changed. */}}
{{- define "tandem.batchSpec" -}}
{{- $batch := .Values.batch -}}
{{- $selector := include "tandem.batchSelector" . -}}
completionMode: Indexed
completions: {{ $batch.shards }}
parallelism: {{ min (int $batch.parallelism) (int $batch.shards) }}
backoffLimit: {{ mul $batch.shards $batch.retriesPerShard }}
# A pod whose node is drained is not a failure. A new one continues its file.
podFailurePolicy:
  rules:
    - action: Ignore
      onPodConditions: [{ type: DisruptionTarget, status: "True" }]
template:
  metadata:
    labels:
      {{- $selector | nindent 6 }}
      {{- with $batch.podLabels }}{{ toYaml . | nindent 6 }}{{ end }}
    {{- with $batch.podAnnotations }}
    annotations: {{- toYaml . | nindent 6 }}
    {{- end }}
  spec:
    restartPolicy: Never
    terminationGracePeriodSeconds: 30
    {{- include "tandem.placement" (dict "root" . "part" $batch "selector" $selector) | nindent 4 }}
    containers:
      - name: batch
        image: {{ include "tandem.image" (dict "root" . "image" $batch.image) | quote }}
        imagePullPolicy: {{ .Values.image.pullPolicy }}
        command: [sh, -euc, {{ include "tandem.batchScript" . | toJson }}, sh]
        args:
          - {{ printf "/data/%s" $batch.prompts | quote }}
          - --out
          - {{ printf "/data/%s" $batch.out | quote }}
          - --url
          - {{ printf "http://%s-gateway.%s.svc:%v" (include "tandem.fullname" .) .Release.Namespace .Values.gateway.service.port | quote }}
          {{- range $batch.args }}
          - {{ . | quote }}
          {{- end }}
        {{- with $batch.env }}
        env: {{- toYaml . | nindent 10 }}
        {{- end }}
        securityContext: {{- include "tandem.containerSecurity" . | nindent 10 }}
        resources: {{- toYaml $batch.resources | nindent 10 }}
        volumeMounts:
          - { name: tmp, mountPath: /tmp }
          - { name: data, mountPath: /data }
          - { name: keys, mountPath: /etc/tandem/keys, readOnly: true }
    volumes:
      - { name: tmp, emptyDir: { sizeLimit: 1Gi } }
      - name: data
        persistentVolumeClaim: { claimName: {{ $batch.claimName | quote }} }
      - name: keys
        secret:
          secretName: {{ include "tandem.keysSecret" . | quote }}
          defaultMode: 0440
          items: [{ key: keys, path: keys }]
{{- end }}

{{- define "tandem.checkBatch" -}}
{{- if and .Values.batch.enabled (not .Values.batch.claimName) -}}
{{- fail "batch.claimName is empty, but batch.enabled is true: name the PersistentVolumeClaim with the prompts" -}}
{{- end -}}
{{- end }}
