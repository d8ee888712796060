#include "backward.cuh"

ATTENTION_BACKWARD(f16_64, __half, 64)
