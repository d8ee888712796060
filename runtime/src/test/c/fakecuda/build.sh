#!/bin/sh
# Compiles the fake driver: build.sh FOLDER writes FOLDER/libcuda.so.1. Needs gcc and the toolkit's cuda.h.
set -e
sources=$(dirname "$0")
for home in "$CUDA_HOME" "$CUDA_PATH" /usr/local/cuda /usr/local/cuda-*; do
    if [ -f "$home/include/cuda.h" ]; then include="$home/include"; break; fi
done
if [ -z "$include" ]; then
    if [ -f /usr/include/cuda.h ]; then include=/usr/include; else echo "no cuda.h: set CUDA_HOME to a CUDA toolkit" >&2; exit 3; fi
fi
gcc -std=c11 -D_POSIX_C_SOURCE=200809L -O1 -fPIC -shared -Wall -Wextra -Werror -Wmissing-prototypes -Wno-unused-parameter \
    -isystem "$include" -Wl,-soname,libcuda.so.1 -Wl,-z,now -o "$1/libcuda.so.1" "$sources"/*.c
