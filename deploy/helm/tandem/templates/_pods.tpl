{{/* What all pods have in common. */}}

{{- define "tandem.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "tandem.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* Where a pod runs. @param root, part: gateway or a model, selector */}}
{{- define "tandem.placement" -}}
serviceAccountName: {{ include "tandem.serviceAccount" .root }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext: {{- include "tandem.podSecurity" . | nindent 2 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- with .part.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .part.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .part.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .part.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
{{- if .part.topologySpreadConstraints }}
  {{- toYaml .part.topologySpreadConstraints | nindent 2 }}
{{- else }}
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- .selector | nindent 8 }}
{{- end }}
{{- end }}

{{- define "tandem.rollout" -}}
revisionHistoryLimit: 3
strategy:
  type: RollingUpdate
  # A new pod is ready before an old one leaves.
  rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }
{{- end }}

{{/* @param root, secret */}}
{{- define "tandem.tlsVolume" -}}
{{- if ne .root.Values.tls.mode "none" }}
- name: tls
  secret:
    secretName: {{ .secret | quote }}
    defaultMode: 0440
    # Not the key of an authority, which a Secret may have too.
    items: [{ key: ca.crt, path: ca.crt }, { key: tls.crt, path: tls.crt }, { key: tls.key, path: tls.key }]
{{- end }}
{{- end }}

{{- define "tandem.tlsMount" -}}
{{- if ne .Values.tls.mode "none" }}
- { name: tls, mountPath: /etc/tandem/tls, readOnly: true }
{{- end }}
{{- end }}
