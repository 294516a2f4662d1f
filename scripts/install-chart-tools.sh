#!/usr/bin/env bash
# Installs what the tests of the Helm chart need into a folder: helm, kubeconform, and the schemas
# of Kubernetes and of the custom resources that the chart can create. It needs Go and Node (after
# npm ci), and about two minutes.
#
#   scripts/install-chart-tools.sh FOLDER
#   export HELM=FOLDER/helm KUBECONFORM=FOLDER/kubeconform KUBERNETES_SCHEMAS=FOLDER/schemas
set -euo pipefail

folder=$(mkdir -p "${1:?expected: scripts/install-chart-tools.sh FOLDER}" && cd "$1" && pwd)
cd "$(dirname "$0")/.."

helm=v3.22.0
kubeconform=v0.8.0
kubernetes=v1.34.4
prometheus_operator=v0.85.0
keda=v2.21.0
gateway_api=v1.6.3
cert_manager=v1.21.2

# A module as it was published, without its dependencies.
module() { (cd / && go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p'); }

[[ -x $folder/helm ]] || GOBIN=$folder go install "helm.sh/helm/v3/cmd/helm@$helm"
[[ -x $folder/kubeconform ]] || GOBIN=$folder go install "github.com/yannh/kubeconform/cmd/kubeconform@$kubeconform"
if [[ ! -d $folder/schemas ]]; then
  prometheus=$(module "github.com/prometheus-operator/prometheus-operator@$prometheus_operator")/example/prometheus-operator-crd
  rm -rf "$folder/schemas.new"
  node test/scripts/kubernetes-schemas.mjs "$folder/schemas.new" \
    "$(module "k8s.io/kubernetes@$kubernetes")/api/openapi-spec/swagger.json" \
    "$prometheus"/monitoring.coreos.com_{servicemonitors,prometheusrules}.yaml \
    "$(module "github.com/kedacore/keda/v2@$keda")"/config/crd/bases/keda.sh_{scaledobjects,triggerauthentications}.yaml \
    "$(module "sigs.k8s.io/gateway-api@$gateway_api")/config/crd/standard/gateway.networking.k8s.io_httproutes.yaml" \
    "$(module "github.com/cert-manager/cert-manager@$cert_manager")"/deploy/crds/cert-manager.io_{certificates,issuers}.yaml
  mv "$folder/schemas.new" "$folder/schemas"
fi
"$folder/helm" version --short
"$folder/kubeconform" -v
