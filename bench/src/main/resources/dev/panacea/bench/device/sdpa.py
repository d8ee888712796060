"""PyTorch's scaled_dot_product_attention as a peer that is asked for timings.

Reads one JSON object a line: tokens, heads, key_value_heads, dimension, causal, backend, backward, warm_up, repeats, flush_bytes.
Answers each with {"milliseconds": [...]} or {"error": "..."}. Its first line says what it runs on.
"""

import json
import sys


def answer(**values):
    print(json.dumps(values), flush=True)


try:
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    torch.zeros(1, device="cuda")
except Exception as problem:
    answer(error=f"PyTorch cannot be used: {problem}")
    sys.exit(0)

BACKENDS = {"flash": SDPBackend.FLASH_ATTENTION, "cudnn": SDPBackend.CUDNN_ATTENTION}


def arguments(ask):
    torch.manual_seed(17)

    def normal(heads):
        shape = (1, heads, ask["tokens"], ask["dimension"])
        return torch.randn(shape, device="cuda", dtype=torch.bfloat16).requires_grad_(ask["backward"])

    return normal(ask["heads"]), normal(ask["key_value_heads"]), normal(ask["key_value_heads"])


def timed(ask):
    query, key, value = arguments(ask)
    slope = torch.randn_like(query)
    flush = torch.empty(ask["flush_bytes"], device="cuda", dtype=torch.uint8)
    grouped = ask["heads"] != ask["key_value_heads"]

    def call():
        out = torch.nn.functional.scaled_dot_product_attention(query, key, value, is_causal=ask["causal"], enable_gqa=grouped)
        if ask["backward"]:
            torch.autograd.grad(out, (query, key, value), slope)

    marks = []
    with sdpa_kernel(BACKENDS[ask["backend"]]):
        for _ in range(ask["warm_up"]):
            call()
        for _ in range(ask["repeats"]):
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            flush.zero_()
            start.record()
            call()
            end.record()
            marks.append((start, end))
    torch.cuda.synchronize()
    return [start.elapsed_time(end) for start, end in marks]


answer(torch=torch.__version__, cuda=torch.version.cuda, cudnn=torch.backends.cudnn.version())
for line in sys.stdin:
    try:
        answer(milliseconds=timed(json.loads(line)))
    except Exception as problem:
        torch.cuda.empty_cache()
        answer(error=str(problem).splitlines()[0])
