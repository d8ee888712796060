#include "backward.cuh"

ATTENTION_BACKWARD(bf16_128, __nv_bfloat16, 128)
