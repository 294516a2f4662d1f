#!/usr/bin/env bash
# Builds the images tandem-gateway, tandem-service and tandem-cli, and tandem-models if MODELS names
# a folder.
#
# usage: [VARIABLE=VALUE ...] deploy/docker/build-images.sh [gateway] [service] [cli] [models]
# Without a name, it builds all of them.
#   BUILDER     docker or buildah (default: docker)
#   TAG         the tag of the images (default: the version in package.json)
#   PREFIX      what stands before the names: registry.example/team/ (default: nothing)
#   BASE        the image with Node that all start from (default: that of the Dockerfile)
#   MODELS      a folder with the model folders sft and dpo, for tandem-models
#   BUILD_ARGS  more options of the builder:
#               "--build-arg ONNXRUNTIME_NODE_INSTALL=cuda12 --network host"
set -euo pipefail
cd "$(dirname "$0")/../.."

builder=${BUILDER:-docker}
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
tag=${TAG:-$version}
revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
read -ra more <<<"${BUILD_ARGS:-}"
case $builder in
  docker) build=(docker build) ;;
  buildah) build=(buildah bud --layers --format docker) ;;
  *) echo "BUILDER is \"$builder\": expected docker or buildah" >&2; exit 1 ;;
esac

image() { echo "${PREFIX:-}tandem-$1:$tag"; }

build_target() {
  local args=(--build-arg "VERSION=$version" --build-arg "REVISION=$revision")
  [ -z "${BASE:-}" ] || args+=(--build-arg "BASE=$BASE")
  "${build[@]}" -f deploy/docker/Dockerfile --target "$1" -t "$(image "$1")" "${args[@]}" "${more[@]}" .
}

build_models() {
  if [ ! -e "${MODELS:-}/sft/tandem.json" ] || [ ! -e "${MODELS:-}/dpo/tandem.json" ]; then
    echo "MODELS is \"${MODELS:-}\": expected a folder with the model folders sft and dpo, as tandem build makes them" >&2
    exit 1
  fi
  "${build[@]}" -f deploy/docker/models.Dockerfile -t "$(image models)" --build-arg "SERVICE=$(image service)" "$MODELS"
}

targets=("$@")
[ $# -gt 0 ] || targets=(gateway service cli ${MODELS:+models})
for target in "${targets[@]}"; do
  case $target in
    gateway | service | cli) build_target "$target" ;;
    models) build_models ;;
    *) echo "there is no image \"$target\": expected gateway, service, cli or models" >&2; exit 1 ;;
  esac
done
