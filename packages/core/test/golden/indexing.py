"""Makes indexing.json: random indexing, writing by index, sorting and scanning, as PyTorch does them. Run with any PyTorch from 1.13 on."""
import json
import random

import torch

random.seed(3)
torch.manual_seed(3)


def numbers(t):
    return [None if v != v else v for v in t.detach().double().flatten().tolist()]


def leaf(*shape, low=-4, high=4):
    # Halves: exact in every dtype, and equal elements come up.
    return (torch.randint(low * 2, high * 2 + 1, shape).double() / 2).requires_grad_()


def finish(case, out, leaves):
    outs = list(out) if isinstance(out, (tuple, list)) else [out]
    case["out"] = [{"shape": list(o.shape), "values": numbers(o)} for o in outs]
    recorded = [o for o in outs if o.requires_grad]
    if recorded:
        loss = sum((o * torch.cos(torch.arange(o.numel(), dtype=torch.double)).reshape(o.shape)).sum() for o in recorded)
        grads = torch.autograd.grad(loss, leaves, allow_unused=True)
        case["grads"] = [None if g is None else numbers(g) for g in grads]
    return case


def tensor(t):
    return {"shape": list(t.shape), "values": numbers(t)}


def item(n, advanced):
    """An index of a dimension of length n, and how it is written down."""
    kind = random.choice(["number", "slice", "slice", "mask", "list", "matrix"] if advanced else ["number", "slice"])
    if kind == "number":
        i = random.randrange(-n, n)
        return i, i
    if kind == "slice":
        a, b = (random.choice([None, random.randrange(-n - 1, n + 2)]) for _ in range(2))
        s = random.choice([None, 1, 2, 3])
        return slice(a, b, s), {"start": a, "stop": b, "step": s}
    if kind == "mask":
        m = [True] * 2 + [False] * (n - 2)
        random.shuffle(m)
        return torch.tensor(m), {"list": m}
    if kind == "list":
        i = [random.randrange(-n, n) for _ in range(2)]
        return torch.tensor(i), {"list": i}
    i = [[random.randrange(-n, n) for _ in range(2)] for _ in range(3)]
    return torch.tensor(i), {"list": i}


def subscript(shape, advanced):
    front = random.randrange(len(shape) + 1)
    back = random.randrange(len(shape) + 1 - front) if random.random() < 0.4 else 0
    items = [item(n, advanced) for n in shape[:front]]
    if back > 0 or front == 0:
        items += [(Ellipsis, "...")] + [item(n, advanced) for n in shape[len(shape) - back :]]
    if random.random() < 0.3:
        items.insert(random.randrange(len(items) + 1), (None, None))
    if advanced and random.random() < 0.1:
        v = random.random() < 0.8
        items.insert(random.randrange(len(items) + 1), (v, v))
    return tuple(i for i, _ in items), [w for _, w in items]


cases = []
while len(cases) < 260:
    shape = [random.randrange(2, 5) for _ in range(random.randrange(1, 5))]
    x = leaf(*shape)
    index, written = subscript(shape, random.random() < 0.7)
    try:
        out = x[index]
    except IndexError:
        continue
    if out.numel() > 200:
        continue
    case = {"x": tensor(x), "items": written}
    kind = random.choice(["index", "index", "put"])
    if kind == "index":
        cases.append(finish({"op": "index", **case}, out, [x]))
        continue
    value = leaf(*[n if random.random() < 0.8 else 1 for n in out.shape[random.randrange(len(out.shape) + 1) :]])
    y = x * 1
    y[index] = value
    # Which of several values for one place counts is not told: leave those cases out.
    z = x * 1
    z[index] = torch.arange(out.numel()).double().reshape(out.shape)
    if not torch.equal(z[index], torch.arange(out.numel()).double().reshape(out.shape)):
        continue
    cases.append(finish({"op": "put", **case, "value": tensor(value)}, y, [x, value]))

for _ in range(40):
    rows, columns = random.randrange(2, 5), random.randrange(2, 5)
    x = leaf(rows, columns)
    n = random.randrange(1, 4)
    index = torch.randint(-rows, rows, (n,))
    value = leaf(n, columns)
    out = (x * 1).index_put((index,), value, accumulate=True)
    cases.append(finish({"op": "accumulate", "x": tensor(x), "items": [{"list": index.tolist()}], "value": tensor(value)}, out, [x, value]))

for _ in range(90):
    rows, columns, n = random.randrange(2, 5), random.randrange(2, 5), random.randrange(1, 5)
    x, source = leaf(rows, columns, low=-2, high=2), leaf(n, columns, low=-2, high=2)
    reduce = random.choice(["sum", "prod", "mean", "amax", "amin"])
    include = random.random() < 0.5
    index = torch.randint(0, rows, (n, columns))
    out = x.scatter_reduce(0, index, source, reduce, include_self=include)
    cases.append(finish({"op": "scatterReduce", "x": tensor(x), "index": tensor(index), "source": tensor(source), "reduce": reduce, "includeSelf": include}, out, [x, source]))

nan = float("nan")
for k in range(96):
    op = ["cummax", "cummin", "cumsum", "cumprod", "logcumsumexp", "sort", "sortDown", "kthvalue"][k % 8]
    x = leaf(random.randrange(1, 5), random.randrange(1, 6))
    if op == "kthvalue":
        # Which of equal elements is meant is not told.
        x = torch.randperm(x.numel()).double().reshape(x.shape).requires_grad_()
    elif op != "cumprod" and random.random() < 0.3:
        with torch.no_grad():
            x[random.randrange(x.shape[0]), random.randrange(x.shape[1])] = nan
    dim = random.randrange(-2, 2)
    if op == "sort":
        out = torch.sort(x, dim=dim, stable=True)
    elif op == "sortDown":
        out = torch.sort(x, dim=dim, descending=True, stable=True)
    elif op == "kthvalue":
        out = x.kthvalue(1, dim)[0]
    else:
        out = getattr(x, op)(dim)
    cases.append(finish({"op": op, "x": tensor(x), "dim": dim}, out, [x]))

for _ in range(40):
    x = torch.randint(0, 3, (random.randrange(1, 5), random.randrange(1, 4))).double()
    dim = random.choice([None, 0, 1])
    op = random.choice(["unique", "unique_consecutive"])
    out = getattr(torch, op)(x, return_inverse=True, return_counts=True, dim=dim)
    cases.append(finish({"op": op, "x": tensor(x), "dim": dim}, out, []))

with open("indexing.json", "w") as f:
    json.dump(cases, f, separators=(",", ":"))
    f.write("\n")
print(len(cases))
