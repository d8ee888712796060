// dx = dy·W: the depth of W, its outputs, is what its rows are. Tile, registers, floor and counters: product.cuh.

#include "product.cuh"

PRODUCTS(linear_input_gradient_bf16, LineMajor, DepthMajor, depth, columns, __nv_bfloat16)
PRODUCTS(linear_input_gradient_f32, LineMajor, DepthMajor, depth, columns, float)
