#include "backward.cuh"

ATTENTION_BACKWARD(bf16_256, __nv_bfloat16, 256)
