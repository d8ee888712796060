"""Adapted linear layers in PyTorch as a peer that is asked for timings.

Reads one JSON object a line: rows, inputs, outputs, rank, form (lora, svd, peft), compiled, backward, warm_up, repeats, flush_bytes.
Answers each with {"milliseconds": [...]} or {"error": "..."}. Its first line says what it runs on.
"""

import peer

with peer.required():
    import torch

    torch.zeros(1, device="cuda")

linear = torch.nn.functional.linear


def normal(*shape):
    return torch.randn(shape, device="cuda", dtype=torch.bfloat16)


class Lora(torch.nn.Module):
    """y = x W0' + a/r (x A') B'."""

    def __init__(self, inputs, outputs, rank):
        super().__init__()
        self.weight = torch.nn.Parameter(normal(outputs, inputs), requires_grad=False)
        self.down = torch.nn.Parameter(normal(rank, inputs))
        self.up = torch.nn.Parameter(normal(outputs, rank))
        self.scale = 2.0

    def forward(self, x):
        return linear(x, self.weight) + self.scale * linear(linear(x, self.down), self.up)


class Svd(torch.nn.Module):
    """y = x W0' + ((x V) * d) U', one d for all rows."""

    def __init__(self, inputs, outputs, rank):
        super().__init__()
        self.weight = torch.nn.Parameter(normal(outputs, inputs), requires_grad=False)
        self.left = torch.nn.Parameter(normal(outputs, rank))
        self.right = torch.nn.Parameter(normal(inputs, rank))
        self.diagonal = torch.nn.Parameter(normal(1, rank))

    def forward(self, x):
        return linear(x, self.weight) + linear((x @ self.right) * self.diagonal, self.left)


def peft_layer(inputs, outputs, rank):
    from peft import LoraConfig, inject_adapter_in_model

    holder = torch.nn.ModuleDict({"layer": torch.nn.Linear(inputs, outputs, bias=False, device="cuda", dtype=torch.bfloat16)})
    holder.requires_grad_(False)
    config = LoraConfig(r=rank, lora_alpha=2 * rank, lora_dropout=0.0, target_modules=["layer"])
    return inject_adapter_in_model(config, holder)["layer"].to(device="cuda", dtype=torch.bfloat16)


def layer(ask):
    sizes = ask["inputs"], ask["outputs"], ask["rank"]
    made = {"lora": Lora, "svd": Svd, "peft": peft_layer}[ask["form"]](*sizes)
    if not ask["compiled"]:
        return made
    # else what was compiled for other sizes counts towards a limit, after which nothing is
    torch._dynamo.reset()
    return torch.compile(made, dynamic=False)


def timed(ask):
    torch.manual_seed(17)
    module = layer(ask)
    x = normal(ask["rows"], ask["inputs"]).requires_grad_(ask["backward"])
    slope = normal(ask["rows"], ask["outputs"])
    trained = [x] + [one for one in module.parameters() if one.requires_grad]

    def call():
        with torch.set_grad_enabled(ask["backward"]):
            out = module(x)
        if ask["backward"]:
            torch.autograd.grad(out, trained, slope)

    return {"milliseconds": peer.times(ask, call)}


peer.serve(timed, torch.cuda.empty_cache)
