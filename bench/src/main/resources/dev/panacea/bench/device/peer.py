"""What every peer does: it says what it runs on, answers each line of JSON with one, and times calls by the card's own clock."""

import contextlib
import json
import sys


def answer(**values):
    print(json.dumps(values), flush=True)


@contextlib.contextmanager
def required():
    """Around what a script cannot do without: where it fails, the first line says why, and there is nothing to ask."""
    try:
        yield
    except Exception as problem:
        answer(error=f"PyTorch cannot be used: {problem}")
        sys.exit(0)


def times(ask, call):
    """Milliseconds of each of ask["repeats"] calls, after ask["warm_up"] untimed ones, each with a cold second-level cache."""
    import torch

    flush = torch.empty(ask["flush_bytes"], device="cuda", dtype=torch.uint8)
    marks = []
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


def serve(values, forget, on_gpu=True):
    """Answers every question with values(question); what it left behind when it failed is given up by forget()."""
    import torch

    answer(torch=torch.__version__, cuda=torch.version.cuda, cudnn=torch.backends.cudnn.version() if on_gpu else None)
    for line in sys.stdin:
        try:
            answer(**values(json.loads(line)))
        except Exception as problem:
            forget()
            answer(error=(str(problem) or type(problem).__name__).splitlines()[0])
