#!/bin/sh
# Builds the models of the embedded pair, unless they are there: FOLDER/sft, FOLDER/dpo and the
# reward model FOLDER/picker. The weights are downloaded once into TANDEM_HOME.
# usage: build-embedded-pair FOLDER
set -eu
[ $# -eq 1 ] || { echo "usage: build-embedded-pair FOLDER" >&2; exit 1; }
name=smollm2-135m-adherence
adapters=/app/models/catalog/$name

build() { # model, options of tandem build
  model=$1
  shift
  if [ -e "$out/$model/tandem.json" ]; then
    echo "$out/$model is there"
  else
    tandem build "$weights" --precision native --name "$name-$model" --out "$out/$model" "$@"
  fi
}

out=$1
weights=$(tandem pull $name)
build sft
build dpo --adapter "$adapters-dpo"
build picker --adapter "$adapters-picker"
