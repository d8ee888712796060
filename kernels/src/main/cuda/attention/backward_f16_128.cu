#include "backward.cuh"

ATTENTION_BACKWARD(f16_128, __half, 128)
