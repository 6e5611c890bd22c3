"""Makes special.json, the reference table of special.test.ts: python3 special.py > special.json

`values` are the functions at doubles, computed with mpmath to 40 digits or more and rounded once.
`special` are torch.special's on the CPU in float64, at the edges of the domains. Not in the table are the edges where torch rounds badly:
polygamma(1, x) at the negative integers, where it gives about 1e32 instead of infinity, and the incomplete gamma functions for a < 1e-20.
"""

import json
import math
import random

import torch
from mpmath import mp, mpf

mp.dps = 40
random.seed(1)


def uniform(low, high, n):
    return [random.uniform(low, high) for _ in range(n)]


def log_uniform(low, high, n, signed=False):
    values = [math.exp(random.uniform(math.log(low), math.log(high))) for _ in range(n)]
    return [v * random.choice((-1, 1)) for v in values] if signed else values


def erfcx(x):
    if x < 1e3:
        return mp.exp(x * x) * mp.erfc(x)
    s = 1 / (2 * x * x)
    return (1 - s + 3 * s**2 - 15 * s**3 + 105 * s**4 - 945 * s**5 + 10395 * s**6) / (x * mp.sqrt(mp.pi))


def erfc_inverse(c):
    """The y > 0 with erfc(y) = c < 1, by Newton's method on the logarithm."""
    with mp.workdps(60):
        y = mp.sqrt(-mp.log(c)) if c < 0.3 else mpf(0.7)
        for _ in range(100):
            value = mp.erfc(y)
            step = mp.log(value / c) * value / (2 / mp.sqrt(mp.pi) * mp.exp(-y * y))
            y += step
            if abs(step) < abs(y) * mpf(10) ** -45:
                return y
    raise ArithmeticError(c)


def erfinv(x):
    with mp.workdps(60):
        y = mp.erfinv(abs(x)) if abs(x) < 0.5 else erfc_inverse(1 - abs(x))
    return y if x > 0 else -y


def ndtri(p):
    with mp.workdps(60):
        if abs(p - 0.5) < 0.25:
            return mp.sqrt(2) * mp.erfinv(2 * p - 1)
        y = mp.sqrt(2) * erfc_inverse(2 * min(p, 1 - p))
    return -y if p < 0.5 else y


def log_ndtr(x):
    if x > 0:
        return mp.log1p(-mp.erfc(x / mp.sqrt(2)) / 2)
    return mp.log(erfcx(-x / mp.sqrt(2)) / 2) - x * x / 2


def lgamma(x):
    if x > 0:
        return mp.loggamma(x)
    with mp.workdps(80):
        return mp.log(abs(mp.pi / mp.sin(mp.pi * x))) - mp.loggamma(1 - x)


def zeta(x, q):
    """Forty terms, those left of 0 beside, and the rest by Euler and Maclaurin's formula."""
    with mp.workdps(60):
        total = mpf(0)
        while q < 40:
            total += q**-x
            q += 1
        total += q ** (1 - x) / (x - 1) + q**-x / 2
        factor = x * q ** (-x - 1)
        for k in range(1, 40):
            total += mp.bernoulli(2 * k) / mp.factorial(2 * k) * factor
            factor *= (x + 2 * k - 1) * (x + 2 * k) / q**2
        return total


def polygamma(n, x):
    if n == 0:
        return mp.psi(0, x)
    return (-1) ** (int(n) + 1) * mp.factorial(n) * zeta(n + 1, x)


def igamma(a, x, digits=120):
    with mp.workdps(digits):
        term = total = mpf(1)
        k = a + 1
        while k <= x or term > total * mpf(10) ** (-digits - 5):
            term *= x / k
            total += term
            k += 1
        return mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1)) * total


def igammac(a, x):
    with mp.workdps(450):
        return 1 - igamma(a, x, 450)


def scaled_bessel(order, x):
    if abs(x) < 200:
        return mp.besseli(order, x) * mp.exp(-abs(x))
    term = total = mpf(1)
    for k in range(1, 30):
        term *= -(4 * order**2 - (2 * k - 1) ** 2) / (8 * abs(x) * k)
        total += term
    return (-1 if order == 1 and x < 0 else 1) * total / mp.sqrt(2 * mp.pi * abs(x))


def near(*points):
    """Each point, its neighbours and points a little further off."""
    result = []
    for x in points:
        ulp = math.ulp(x)
        result += [x, x - ulp, x + ulp, x * (1 - 1e-9), x * (1 + 1e-9), x * (1 + 1e-4)]
    return result


def without_zero(values):
    return [v for v in values if v != 0]


LGAMMA_ZEROS = (-2.4570247382208006, -2.7476826467274127, -3.14358088834998, -3.955294284858598, -9.000002755714823, -15.000000000000764)

tails = uniform(-713, 713, 30) + uniform(-12, 12, 50) + log_uniform(1e-300, 1, 15, True) + near(8.0)
scaled_tails = uniform(-12, 12, 50) + log_uniform(1, 1e300, 25, True) + log_uniform(1e-300, 1, 15, True) + near(8.0)
incomplete = (
    [(a, a * random.uniform(0.05, 3)) for a in log_uniform(1e-3, 20, 60)]
    + [(a, a + math.sqrt(a) * random.uniform(-5, 5)) for a in log_uniform(20, 1e3, 60)]
    + [(a, a * r) for a in (20.0, 20.000001, 169.9, 170.0) for r in (0.6, 0.7001, 1.0, 1.0000001, 1.2999, 1.5)]
    + [(a, random.uniform(0.1, 3)) for a in log_uniform(1e-20, 1, 20)]
)

VALUES = {
    'erf': (mp.erf, uniform(-6, 6, 80) + log_uniform(1e-300, 1, 20, True) + near(0.84375, 1.25, -1 / 0.35)),
    'erfc': (mp.erfc, uniform(-6, 26, 90) + log_uniform(1e-300, 1, 15, True) + near(0.25, 0.84375, 1.25, 1 / 0.35)),
    'erfcx': (erfcx, uniform(-26, 40, 90) + log_uniform(1, 1e300, 20) + near(0.25, 0.84375, 1.25, 1 / 0.35, 28.0)),
    'erfinv': (erfinv, uniform(-1, 1, 80) + log_uniform(1e-300, 1, 20, True) + [1 - v for v in log_uniform(1e-15, 0.5, 30)] + near(0.85)),
    'ndtri': (ndtri, uniform(0, 1, 60) + log_uniform(1e-300, 1, 50) + [1 - v for v in log_uniform(1e-15, 0.5, 20)] + near(0.075, 0.925)),
    'logNdtr': (log_ndtr, uniform(-50, 37, 90) + log_uniform(1e-300, 1e150, 20, True)[:20]),
    'lgamma': (
        lgamma,
        uniform(0, 10, 60) + uniform(-20, 0, 60) + uniform(-170, 0, 20) + log_uniform(1e-300, 1e300, 30)
        + [v for v in near(1.4616321449683622, 0.9, 0.7316, 0.23164, 8.0, *LGAMMA_ZEROS)] + near(1.0, 2.0)[1:6],
    ),
    'digamma': (lambda x: polygamma(0, x), uniform(0, 12, 60) + log_uniform(1e-300, 1e300, 30) + near(1.4616321449683622, 1.0, 2.0, 10.0)),
    'i0': (lambda x: mp.besseli(0, x), tails),
    'i0e': (lambda x: scaled_bessel(0, x), scaled_tails),
    'i1': (lambda x: mp.besseli(1, x), tails),
    'i1e': (lambda x: scaled_bessel(1, x), scaled_tails),
    'polygamma': (
        polygamma,
        [(random.randint(1, 12), v) for v in uniform(0.1, 30, 60) + log_uniform(1e-15, 1e15, 30)]
        + [(n, v) for n in (1, 3, 5) for v in uniform(-12, 0, 10)]
        + [(random.randint(12, 60), v) for v in uniform(1, 60, 20)],
    ),
    'zeta': (
        zeta,
        [(1 + a, q) for a, q in zip(log_uniform(1e-9, 60, 80), log_uniform(1e-6, 1e6, 80))]
        + [(n, v) for n in (2, 4, 6) for v in uniform(-12, 0, 10)]
        + [(random.uniform(1, 100), v) for v in uniform(0.5, 60, 20)],
    ),
    'igamma': (igamma, incomplete),
    'igammac': (igammac, incomplete),
}

NAN, INF = math.nan, math.inf
LINE = [NAN, INF, -INF, 0.0, -0.0, 1.0, -1.0, 2.0, -2.0, -3.0, 5e-324, -5e-324, 1e-20, -1e-20, 30.0, -30.0, 1e17, -1e17, 1e300, -1e300]
POSITIVE = [NAN, INF, -INF, 0.0, -0.0, 1.0, -1.0, 0.5, 1e-300, 1e10]
GRID = [NAN, INF, -INF, 0.0, 1.0, -1.0, 2.0, 3.0, 1.5, -1.5, 0.5, -0.5]
special = torch.special
SPECIAL = {
    'erf': (special.erf, LINE),
    'erfc': (special.erfc, LINE),
    'erfcx': (special.erfcx, LINE),
    'erfinv': (special.erfinv, LINE),
    'ndtri': (special.ndtri, LINE),
    'logNdtr': (special.log_ndtr, LINE),
    'lgamma': (special.gammaln, LINE),
    'digamma': (special.digamma, LINE),
    'i0': (special.i0, LINE),
    'i0e': (special.i0e, LINE),
    'i1': (special.i1, LINE),
    'i1e': (special.i1e, LINE),
    'polygamma': (
        lambda n, x: special.polygamma(int(n), x),
        [(n, x) for n in (0, 1, 2, 3) for x in LINE if not (n == 1 and abs(x) >= 1 and abs(x) < INF)],
    ),
    'zeta': (special.zeta, [(x, q) for x in GRID for q in GRID]),
    'igamma': (special.gammainc, [(a, x) for a in POSITIVE for x in POSITIVE if a != 1e-300 and x != 1e-300]),
    'igammac': (special.gammaincc, [(a, x) for a in POSITIVE for x in POSITIVE if a != 1e-300 and x != 1e-300]),
}


def plain(x):
    """Infinity and NaN as strings, as JSON has no word for them."""
    return x if math.isfinite(x) else 'NaN' if math.isnan(x) else 'Infinity' if x > 0 else '-Infinity'


def rows(points, f):
    result = []
    for point in points:
        args = tuple(float(v) for v in (point if isinstance(point, tuple) else (point,)))
        result.append([plain(v) for v in (*args, float(f(*args)))])
    return result


def exact(f):
    return lambda *args: f(*(mpf(v) for v in args))


def in_torch(f):
    def call(*args):
        # the order of polygamma stays a number
        order = args[:-1] if f is SPECIAL['polygamma'][0] else ()
        return f(*order, *(torch.tensor(v, dtype=torch.float64) for v in args[len(order) :]))

    return call


lines = []
for name, (f, points) in VALUES.items():
    g, edges = SPECIAL[name]
    entry = {'values': rows(points, exact(f)), 'special': rows(edges, in_torch(g))}
    body = ',\n'.join(f'    "{key}": [\n' + ',\n'.join('      ' + json.dumps(row) for row in entry[key]) + '\n    ]' for key in entry)
    lines.append(f'  "{name}": {{\n{body}\n  }}')
print('{\n' + ',\n'.join(lines) + '\n}')
