"""PyTorch's scaled_dot_product_attention as a peer that is asked for timings.

Reads one JSON object a line: tokens, heads, key_value_heads, dimension, causal, backend, backward, warm_up, repeats, flush_bytes.
Answers each with {"milliseconds": [...]} or {"error": "..."}. Its first line says what it runs on.
"""

import peer

with peer.required():
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    torch.zeros(1, device="cuda")

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
    grouped = ask["heads"] != ask["key_value_heads"]

    def call():
        out = torch.nn.functional.scaled_dot_product_attention(query, key, value, is_causal=ask["causal"], enable_gqa=grouped)
        if ask["backward"]:
            torch.autograd.grad(out, (query, key, value), slope)

    with sdpa_kernel(BACKENDS[ask["backend"]]):
        return {"milliseconds": peer.times(ask, call)}


peer.serve(timed, torch.cuda.empty_cache)
