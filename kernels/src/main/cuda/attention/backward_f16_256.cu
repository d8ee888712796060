#include "backward.cuh"

ATTENTION_BACKWARD(f16_256, __half, 256)
