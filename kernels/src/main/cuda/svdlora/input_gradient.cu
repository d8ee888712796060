// dx = [dy | G ⊙ d]·[W0 ; Vᵀ]: the depth of W0, its outputs, is what its rows are; Vᵀ lies in rows of a multiple of 8 elements. Tile,
// registers and floor: adapted_product.cuh.

#include "adapted_product.cuh"

ADAPTED_PRODUCTS(svdlora_input_gradient_bf16, DepthMajor, columns, (columns + 7) / 8 * 8, __nv_bfloat16)
ADAPTED_PRODUCTS(svdlora_input_gradient_f32, DepthMajor, columns, (columns + 7) / 8 * 8, float)
