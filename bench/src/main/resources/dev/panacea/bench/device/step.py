"""A training step of PyTorch's as a peer that is asked for timings: a frozen Llama of random weights with LoRA on every matrix.

Reads one JSON object a line:
  way              peft: transformers and peft; eager: the mathematics below; compiled: the same, each block through torch.compile
  hidden, feed_forward, layers, heads, key_value_heads, vocabulary, theta, epsilon, rank, alpha
  objective        sft or dpo, with beta; sequences of length tokens each, of which the first prompt ones are given
  recompute        whether blocks are recomputed in the backward
  warm_up, steps   steps that are not timed and that are
Answers each with {"milliseconds": [...], "peak_bytes": n, "loss": x} or {"error": "..."}. Its first line says what it runs on.
Run by hand with the argument cpu it works without a GPU, to be tried out.
"""

import gc
import sys
import time

import peer

DEVICE = sys.argv[1] if len(sys.argv) > 1 else "cuda"


with peer.required():
    import torch
    from torch import nn
    from torch.nn import functional as F
    from torch.utils.checkpoint import checkpoint

    torch.zeros(1, device=DEVICE)

ON_GPU = DEVICE != "cpu"
NARROW = torch.bfloat16
CLIP = 1.0
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def frozen(*shape):
    return nn.Parameter(0.02 * torch.randn(shape, device=DEVICE, dtype=NARROW), requires_grad=False)


class Adapted(nn.Module):
    """y = x·Wᵀ + a/r·(x·Aᵀ)·Bᵀ: W frozen in bfloat16, A and B with float32 masters."""

    def __init__(self, ask, inputs, outputs):
        super().__init__()
        self.weight = frozen(outputs, inputs)
        self.down = nn.Parameter(0.02 * torch.randn(ask["rank"], inputs, device=DEVICE))
        self.up = nn.Parameter(torch.zeros(outputs, ask["rank"], device=DEVICE))
        self.scale = ask["alpha"] / ask["rank"]
        self.on = True

    def forward(self, x):
        y = F.linear(x, self.weight)
        return y + self.scale * F.linear(F.linear(x, self.down.to(NARROW)), self.up.to(NARROW)) if self.on else y


class Block(nn.Module):
    def __init__(self, ask):
        super().__init__()
        hidden, feed_forward = ask["hidden"], ask["feed_forward"]
        self.width = hidden // ask["heads"]
        self.epsilon = ask["epsilon"]
        self.grouped = ask["heads"] != ask["key_value_heads"]
        narrow = ask["key_value_heads"] * self.width
        self.query, self.output = Adapted(ask, hidden, hidden), Adapted(ask, hidden, hidden)
        self.key, self.value = Adapted(ask, hidden, narrow), Adapted(ask, hidden, narrow)
        self.gate, self.up = Adapted(ask, hidden, feed_forward), Adapted(ask, hidden, feed_forward)
        self.down = Adapted(ask, feed_forward, hidden)
        self.first, self.second = frozen(hidden), frozen(hidden)

    def heads(self, flat):
        return flat.view(flat.shape[0], flat.shape[1], -1, self.width).transpose(1, 2)

    def forward(self, x, cosine, sine):
        normed = F.rms_norm(x, x.shape[-1:], self.first, self.epsilon)
        query = turned(self.heads(self.query(normed)), cosine, sine)
        key = turned(self.heads(self.key(normed)), cosine, sine)
        value = self.heads(self.value(normed))
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True, enable_gqa=self.grouped)
        x = x + self.output(mixed.transpose(1, 2).reshape(x.shape))
        normed = F.rms_norm(x, x.shape[-1:], self.second, self.epsilon)
        return x + self.down(F.silu(self.gate(normed)) * self.up(normed))


def turned(x, cosine, sine):
    first, second = x.chunk(2, dim=-1)
    return x * cosine + torch.cat((-second, first), dim=-1) * sine


class Llama(nn.Module):
    def __init__(self, ask):
        super().__init__()
        self.embedding, self.head = frozen(ask["vocabulary"], ask["hidden"]), frozen(ask["vocabulary"], ask["hidden"])
        self.last = frozen(ask["hidden"])
        self.blocks = nn.ModuleList(Block(ask) for _ in range(ask["layers"]))
        self.epsilon, self.recompute = ask["epsilon"], ask["recompute"]
        width = ask["hidden"] // ask["heads"]
        speeds = ask["theta"] ** (-torch.arange(0, width, 2, device=DEVICE, dtype=torch.float32) / width)
        angles = torch.outer(torch.arange(ask["length"], device=DEVICE, dtype=torch.float32), speeds).repeat(1, 2)
        self.cosine, self.sine = angles.cos().to(NARROW), angles.sin().to(NARROW)

    def forward(self, ids, asked):
        x = F.embedding(ids, self.embedding)
        for block in self.blocks:
            if self.recompute and torch.is_grad_enabled():
                x = checkpoint(block, x, self.cosine, self.sine, use_reentrant=False)
            else:
                x = block(x, self.cosine, self.sine)
        return F.linear(F.rms_norm(x[asked], x.shape[-1:], self.last, self.epsilon), self.head)

    def switch(self, on):
        for module in self.modules():
            if isinstance(module, Adapted):
                module.on = on


class Peft(nn.Module):
    """The usual way: a transformers model in bfloat16 with peft's adapters, in bfloat16 too, which is its fastest."""

    def __init__(self, ask):
        super().__init__()
        from peft import LoraConfig, get_peft_model
        from transformers import LlamaConfig, LlamaForCausalLM

        config = LlamaConfig(
            hidden_size=ask["hidden"], intermediate_size=ask["feed_forward"], num_hidden_layers=ask["layers"],
            num_attention_heads=ask["heads"], num_key_value_heads=ask["key_value_heads"], vocab_size=ask["vocabulary"],
            rope_theta=ask["theta"], rms_norm_eps=ask["epsilon"], max_position_embeddings=max(ask["length"], 2048),
            tie_word_embeddings=False, attn_implementation="sdpa", use_cache=False, bos_token_id=0, eos_token_id=1, pad_token_id=0)
        before = torch.get_default_dtype()
        torch.set_default_dtype(NARROW)
        try:
            with torch.device(DEVICE):
                base = LlamaForCausalLM(config)
        finally:
            torch.set_default_dtype(before)
        if ask["recompute"]:
            base.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        lora = LoraConfig(r=ask["rank"], lora_alpha=ask["alpha"], lora_dropout=0.0, bias="none", target_modules=PROJECTIONS,
                          task_type="CAUSAL_LM")
        self.model = get_peft_model(base, lora, autocast_adapter_dtype=False).train()

    def forward(self, ids, asked):
        return self.model(input_ids=ids, use_cache=False).logits[asked]

    def switch(self, on):
        if on:
            self.model.base_model.enable_adapter_layers()
        else:
            self.model.base_model.disable_adapter_layers()


class Step:
    """A model with its tokens and its optimiser."""

    def __init__(self, ask):
        torch.manual_seed(17)
        self.ask = ask
        self.model = Peft(ask) if ask["way"] == "peft" else Llama(ask)
        if ask["way"] == "compiled":
            for block in self.model.blocks:
                block.compile()
        tokens = torch.randint(2, ask["vocabulary"], (ask["sequences"], ask["length"] + 1), device=DEVICE)
        if ask["objective"] == "dpo":
            tokens[1::2, :ask["prompt"]] = tokens[0::2, :ask["prompt"]]
        self.ids, targets = tokens[:, :-1].contiguous(), tokens[:, 1:]
        self.asked = torch.zeros_like(self.ids, dtype=torch.bool)
        self.asked[:, ask["prompt"] - 1:] = True
        self.targets = targets[self.asked]
        self.trained = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.AdamW(self.trained, lr=1e-4, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.0, fused=True)
        self.reference = self.reference_of() if ask["objective"] == "dpo" else None

    def log_probs(self):
        """Of every target, (sequences, asked tokens of each)."""
        logits = self.model(self.ids, self.asked).float()
        return -F.cross_entropy(logits, self.targets, reduction="none").view(self.ids.shape[0], -1)

    def reference_of(self):
        self.model.switch(False)
        with torch.no_grad():
            reference = self.log_probs()
        self.model.switch(True)
        return reference

    def loss(self):
        log_probs = self.log_probs()
        if self.reference is None:
            return -log_probs.mean()
        ratios = (log_probs - self.reference).sum(dim=1)
        return -F.logsigmoid(self.ask["beta"] * (ratios[0::2] - ratios[1::2])).mean()

    def run(self):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss()
        loss.backward()
        nn.utils.clip_grad_norm_(self.trained, CLIP)
        self.optimizer.step()
        return loss.item()


def synchronize():
    if ON_GPU:
        torch.cuda.synchronize()


class Steps:
    """Keeps the step that was asked for last, so that turns of the same one begin at once."""

    def __init__(self):
        self.key, self.step = None, None

    def prepared(self, ask):
        key = {name: value for name, value in ask.items() if name not in ("warm_up", "steps")}
        if key != self.key:
            self.forget()
            self.key, self.step = key, Step(ask)
        return self.step

    def forget(self):
        self.key, self.step = None, None
        gc.collect()
        if ON_GPU:
            torch.cuda.empty_cache()

    def timed(self, ask):
        step = self.prepared(ask)
        for _ in range(ask["warm_up"]):
            step.run()
        if ON_GPU:
            torch.cuda.reset_peak_memory_stats()
        times, loss = [], 0.0
        for _ in range(ask["steps"]):
            synchronize()
            start = time.perf_counter()
            loss = step.run()
            synchronize()
            times.append(1e3 * (time.perf_counter() - start))
        peak = torch.cuda.max_memory_allocated() if ON_GPU else 0
        step.optimizer.zero_grad(set_to_none=True)
        if ON_GPU:
            # what this process keeps for later the other one cannot have
            torch.cuda.empty_cache()
        return {"milliseconds": times, "peak_bytes": peak, "loss": loss}


steps = Steps()
peer.serve(steps.timed, steps.forget, ON_GPU)
