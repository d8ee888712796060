#include "backward.cuh"

ATTENTION_BACKWARD(bf16_96, __nv_bfloat16, 96)
