#!/bin/sh
# Deletes what no image runs: source maps, type declarations, and the libraries of onnxruntime for
# other platforms than this one, which are five sixths of its package.
# usage: slim-modules.sh FOLDER     (a node_modules)
set -eu
find "$1" -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

platform=$(node -p '`${process.platform}/${process.arch}`')
for folder in "$1"/onnxruntime-node/bin/*/*/*; do
  case $folder in */"$platform" | *'*') ;; *) rm -r "$folder" ;; esac
done
