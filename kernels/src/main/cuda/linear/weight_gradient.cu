// dW += dyᵀ·x: both stored by their depth, the rows of the batch. Tile, registers, floor and counters: product.cuh.

#include "product.cuh"

PRODUCTS(linear_weight_gradient_f32, DepthMajor, DepthMajor, rows, columns, float)
