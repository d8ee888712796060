#include "forward.cuh"

ATTENTION_FORWARDS(96)
