// y = x·Wᵀ: both stored line by line. Tile, registers, floor and counters: product.cuh.

#include "product.cuh"

PRODUCTS(linear_forward_bf16, LineMajor, LineMajor, depth, depth, __nv_bfloat16)
PRODUCTS(linear_forward_f32, LineMajor, LineMajor, depth, depth, float)
