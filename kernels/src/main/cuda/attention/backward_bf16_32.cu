#include "backward.cuh"

ATTENTION_BACKWARD(bf16_32, __nv_bfloat16, 32)
