#!/usr/bin/env bash
# Compiles the corpus to PTX: compile.sh FOLDER [ARCHITECTURE]. What it leaves there runs without nvcc.
set -euo pipefail
sources="$(cd "$(dirname "$0")" && pwd)/corpus"
folder="${1:?usage: compile.sh FOLDER [ARCHITECTURE]}"
architecture="${2:-compute_80}"
for home in "${CUDA_HOME:-}" "${CUDA_PATH:-}" /usr/local/cuda; do
    if [ -n "$home" ] && [ -x "$home/bin/nvcc" ]; then
        PATH="$PATH:$home/bin"
    fi
done
mkdir -p "$folder"
for source in "$sources"/*.cu; do
    nvcc -ptx -arch="$architecture" -O3 -std=c++17 -o "$folder/$(basename "$source" .cu).ptx" "$source"
done
cp "$sources"/*.ptx "$folder"
