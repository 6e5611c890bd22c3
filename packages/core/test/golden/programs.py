"""Makes programs.json: random programs of views and in-place writes, and what PyTorch says of them.

Run with PyTorch 1.13 or later: python3 programs.py > programs.json
"""
import json
import random
import sys

import torch


def run(steps):
    """Executes a program; returns the values, the node names and the gradients of the leaves, or the error."""
    env = {}
    for s in steps:
        kind, out, args = s["op"], s["out"], s["args"]
        x = env.get(args[0]) if args and isinstance(args[0], str) else None
        if kind == "leaf":
            env[out] = torch.tensor(args[0], requires_grad=args[1])
        elif kind == "mul":
            env[out] = x * env[args[1]] if isinstance(args[1], str) else x * args[1]
        elif kind == "add":
            env[out] = x + (env[args[1]] if isinstance(args[1], str) else args[1])
        elif kind in ("sin", "t", "clone", "detach", "sigmoid"):
            env[out] = getattr(x, kind)()
        elif kind in ("select", "narrow", "view", "transpose", "unsqueeze"):
            env[out] = getattr(x, kind)(*args[1:])
        elif kind == "slice":
            env[out] = x[args[1]:args[2]:args[3]]
        elif kind in ("mul_", "add_", "copy_"):
            getattr(x, kind)(env[args[1]] if isinstance(args[1], str) else args[1])
        elif kind in ("sin_", "zero_", "sigmoid_"):
            getattr(x, kind)()
        elif kind == "fill_":
            x.fill_(args[1])
        else:
            raise AssertionError(kind)
    return env


def weights(n):
    return torch.cos(torch.arange(n, dtype=torch.float64) * 0.7 + 0.3)


def outcome(steps):
    try:
        env = run(steps)
        loss = sum((v.reshape(-1).double() * weights(v.numel())).sum() for v in env.values())
        names = {k: v.grad_fn.name() if v.grad_fn is not None else None for k, v in env.items()}
        if loss.requires_grad:
            loss.backward()
        grads = {k: v.grad.flatten().tolist() if v.is_leaf and v.grad is not None else None for k, v in env.items()}
        return {"values": {k: v.detach().flatten().tolist() for k, v in env.items()}, "names": names, "grads": grads}
    except RuntimeError as e:
        return {"error": str(e).split("\n")[0]}


def generate(rng):
    steps = [
        {"op": "leaf", "out": "a", "args": [[[rng.randint(-3, 3) / 2 for _ in range(3)] for _ in range(4)], True]},
        {"op": "leaf", "out": "b", "args": [[rng.randint(-3, 3) / 2 for _ in range(3)], rng.random() < 0.7]},
        {"op": "mul", "out": "c", "args": ["a", 1.5]},
    ]
    if rng.random() < 0.3:
        steps.append({"op": "leaf", "out": "z", "args": [[[0.5] * 3] * 4, False]})
    for i in range(rng.randint(2, 7)):
        env = run(steps)
        names = list(env)
        name = rng.choice(names)
        x = env[name]
        out = f"v{i}"
        options = []
        if x.dim() >= 1:
            d = rng.randrange(x.dim())
            options += [("select", [name, d, rng.randrange(x.shape[d])]), ("transpose", [name, 0, x.dim() - 1]), ("unsqueeze", [name, d])]
            if x.shape[0] >= 2:
                options += [("slice", [name, rng.randrange(2), x.shape[0], rng.choice([1, 2])]), ("narrow", [name, 0, 1, x.shape[0] - 1])]
            if x.is_contiguous():
                options.append(("view", [name, [x.numel()]]))
        fitting = [n for n in names if env[n].shape == x.shape]
        options += [("mul", [name, rng.choice(fitting)]), ("add", [name, rng.choice(fitting)]), ("sin", [name]), ("sigmoid", [name]), ("clone", [name])]
        writes = [("mul_", [name, rng.choice([2.0, 0.5, -1.0])]), ("mul_", [name, rng.choice(fitting)]), ("add_", [name, rng.choice(fitting)]), ("sin_", [name]),
                  ("sigmoid_", [name]), ("copy_", [name, rng.choice(fitting)]), ("zero_", [name]), ("fill_", [name, 0.25])]
        if rng.random() < 0.05:
            options = [("detach", [name])]
        op, args = rng.choice(writes if rng.random() < 0.5 else options)
        step = {"op": op, "out": out, "args": args}
        try:
            run(steps + [step])
        except RuntimeError:
            if rng.random() < 0.8:
                continue
            steps.append(step)
            break
        steps.append(step)
    return steps


rng = random.Random(7)
programs = []
while len(programs) < 600:
    steps = generate(rng)
    if any(s["op"].endswith("_") for s in steps):
        programs.append({"steps": steps, **outcome(steps)})
json.dump(programs, sys.stdout, separators=(",", ":"))
