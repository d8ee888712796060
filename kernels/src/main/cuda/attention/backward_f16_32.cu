#include "backward.cuh"

ATTENTION_BACKWARD(f16_32, __half, 32)
