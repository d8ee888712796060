// y = [x | h]·[W0 | U]ᵀ: all stored line by line. Tile, registers and floor: adapted_product.cuh.

#include "adapted_product.cuh"

ADAPTED_PRODUCTS(svdlora_forward_bf16, LineMajor, depth, ranks, __nv_bfloat16)
ADAPTED_PRODUCTS(svdlora_forward_f32, LineMajor, depth, ranks, float)
