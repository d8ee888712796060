#include "backward.cuh"

ATTENTION_BACKWARD(bf16_64, __nv_bfloat16, 64)
