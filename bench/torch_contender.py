"""PyTorch's process: the protocol of worker.ts, and the data of data.ts, on one thread."""

import time

STARTED = time.perf_counter()

import json
import math
import sys

import numpy as np
import torch

torch.set_num_threads(1)


class Missing(Exception):
    pass


def hashed(seed, index):
    h = np.uint32((seed * 0x9E3779B1) & 0xFFFFFFFF) + index
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x7FEB352D)
    h = (h ^ (h >> np.uint32(15))) * np.uint32(0x846CA68B)
    return h ^ (h >> np.uint32(16))


def uniform(seed, n, scale=1.0):
    out = np.empty(n, np.float32)
    for start in range(0, n, 1 << 20):
        index = np.arange(start, min(n, start + (1 << 20)), dtype=np.uint32)
        out[start : start + len(index)] = ((hashed(seed, index) >> np.uint32(8)).astype(np.float64) / 8388608 - 1) * scale
    return out


def tensor(seed, shape, scale=1.0):
    return torch.from_numpy(uniform(seed, int(np.prod(shape)), scale)).reshape(shape)


def sampled(values, scale=1.0):
    flat = values.detach().numpy().reshape(-1)
    n = len(flat)
    picked = [float(flat[i * (n - 1) // 6]) / scale for i in range(7)]
    return picked + [float(flat.sum(dtype=np.float64)) / n / scale]


def kernel(run, scale=1.0):
    return run, lambda: sampled(run(), scale)


def gemm(t):
    torch.set_num_threads(t.get("threads", 1))
    m, k, n = t["m"], t["k"], t["n"]
    a, b = tensor(11, (m, k)), tensor(12, (k, n))
    return kernel(lambda: a @ b, math.sqrt(k))


def elementwise(t):
    n, op = t["n"], t["op"]
    x = tensor(13, (n,)).abs() + 1 / 1024 if op == "log" else tensor(13, (n,), 4)
    y = tensor(14, (n,), 4)
    return kernel({"add": lambda: x + y, "exp": x.exp, "sigmoid": x.sigmoid, "log": x.log}[op])


def reduction(t):
    op, rows, columns = t["op"], t["rows"], t["columns"]
    x = tensor(15, (rows, columns), 4)
    runs = {"sum": lambda: x.sum(), "row-sum": lambda: x.sum(1), "column-sum": lambda: x.sum(0), "softmax": lambda: x.softmax(1)}
    return kernel(runs[op], {"sum": rows * columns, "row-sum": columns, "column-sum": rows, "softmax": 1}[op])


def recorded_add(t):
    x, y = tensor(16, (t["size"],)).requires_grad_(), tensor(17, (t["size"],))
    length, backward = t["length"], t["backward"]

    def step():
        z = x
        for _ in range(length):
            z = z + y
        if backward:
            x.grad = None
            z.sum().backward()
        return z

    return step, lambda: sampled(step(), length)


def training(batches, checked, step):
    at = 0

    def advance():
        nonlocal at
        loss = step(at)
        at = (at + 1) % batches
        return loss

    return advance, lambda: [advance() for _ in range(checked)]


def descent(model, criterion, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)

    def step(x, y):
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def logistic(t):
    rows, features, batch = t["rows"], t["features"], t["batch"]
    x = tensor(1, (rows, features))
    noise = uniform(2, rows).astype(np.float64)
    y = torch.from_numpy((x[:, 0].numpy().astype(np.float64) + 0.5 * noise > 0).astype(np.float32)).reshape(rows, 1)
    model = torch.nn.Linear(features, 1)
    for p in model.parameters():
        torch.nn.init.zeros_(p)
    step = descent(model, torch.nn.BCEWithLogitsLoss(), t["lr"])
    if rows == batch:
        return training(1, t["checked"], lambda i: step(x, y))
    return training(-(-rows // batch), t["checked"], lambda i: step(x[i * batch : (i + 1) * batch], y[i * batch : (i + 1) * batch]))


def mlp(t):
    torch.set_num_threads(t.get("threads", 1))
    rows, features, hidden, classes, batch = t["rows"], t["features"], t["hidden"], t["classes"], t["batch"]
    x = uniform(3, rows * features).reshape(rows, features)
    labels = (hashed(4, np.arange(rows, dtype=np.uint32)) % np.uint32(classes)).astype(np.int64)
    for label in range(classes):
        mine = labels == label
        x[mine, label::classes] = np.abs(x[mine, label::classes])
    x, y = torch.from_numpy(x), torch.from_numpy(labels)
    model = torch.nn.Sequential(torch.nn.Linear(features, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, classes))
    with torch.no_grad():
        model[0].weight.copy_(tensor(5, (hidden, features), 1 / 32))
        model[2].weight.copy_(tensor(6, (classes, hidden), 1 / 8))
        model[0].bias.zero_()
        model[2].bias.zero_()
    step = descent(model, torch.nn.CrossEntropyLoss(), t["lr"])
    return training(rows // batch, t["checked"], lambda i: step(x[i * batch : (i + 1) * batch], y[i * batch : (i + 1) * batch]))


def conv(t):
    n, c, o, s = t["batch"], t["inChannels"], t["outChannels"], t["size"]
    x, w, b = tensor(7, (n, c, s, s)), tensor(8, (o, c, 3, 3), 1 / 8), tensor(9, (o,))
    grad = tensor(10, (n, o, s, s), 1 / 128)
    leaves = [leaf.requires_grad_() for leaf in (x, w, b)]

    def step():
        for leaf in leaves:
            leaf.grad = None
        out = torch.nn.functional.conv2d(x, w, b, padding=1)
        out.backward(grad)
        return out

    def outcome():
        out = step()
        per_weight = math.sqrt(n * s * s)
        scales = (math.sqrt(9 * c), math.sqrt(9 * o), per_weight, per_weight)
        return [v for values, scale in zip((out, x.grad, w.grad, b.grad), scales) for v in sampled(values, scale)]

    return step, outcome


TASKS = {
    "gemm": gemm,
    "elementwise": elementwise,
    "reduction": reduction,
    "recorded-add": recorded_add,
    "logistic": logistic,
    "mlp": mlp,
    "conv": conv,
}


def timed(step, calls):
    start = time.perf_counter()
    for _ in range(calls):
        step()
    return (time.perf_counter() - start) * 1000


def warm(step, ms):
    start, calls = time.perf_counter(), 1
    while True:
        block = timed(step, calls)
        if ms - (time.perf_counter() - start) * 1000 < block:
            return calls / max(block, 1e-6)
        calls = math.ceil(calls * 1.5)


def rss():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096


def memory(step, steps, seconds):
    out = {"start": rss(), "warm": 0, "half": 0, "end": 0, "peak": 0, "steps": 0}
    deadline = time.perf_counter() + seconds
    while out["steps"] < steps:
        timed(step, 100)
        out["steps"] += 100
        if out["warm"] == 0 and out["steps"] >= steps / 20:
            out["warm"] = rss()
        if out["half"] == 0 and out["steps"] >= steps / 2:
            out["half"] = rss()
        if out["steps"] % 1000 == 0:
            out["peak"] = max(out["peak"], rss())
        if time.perf_counter() > deadline:
            break
    out["end"] = rss()
    out["peak"] = max(out["peak"], out["end"])
    out["warm"] = out["warm"] or out["end"]
    out["half"] = out["half"] or out["end"]
    return out


def say(answer):
    print("@@" + json.dumps(answer), flush=True)


say({"ready": True, "ms": (time.perf_counter() - STARTED) * 1000, "version": torch.__version__})
step, rate = None, 0.0
for line in sys.stdin:
    command = json.loads(line)
    try:
        what = command["do"]
        if what == "prepare":
            start = time.perf_counter()
            step, outcome = TASKS[command["task"]["kind"]](command["task"])
            between = time.perf_counter()
            values, now = outcome(), time.perf_counter()
            say({"outcome": values, "ms": (now - start) * 1000, "once": (now - between) * 1000})
        elif what == "warm":
            rate = warm(step, command["ms"])
            say({"calls": rate, "ms": 1})
        elif what == "round":
            calls = max(1, round(rate * command["ms"]))
            say({"ms": timed(step, calls), "calls": calls})
        elif command["yields"]:
            raise Missing("has no event loop")
        else:
            say(memory(step, command["steps"], command["seconds"]))
    except Missing as error:
        say({"missing": str(error)})
    except Exception as error:  # the row says what went wrong
        say({"failed": str(error).splitlines()[0]})
