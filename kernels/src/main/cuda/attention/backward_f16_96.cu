#include "backward.cuh"

ATTENTION_BACKWARD(f16_96, __half, 96)
