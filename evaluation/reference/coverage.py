"""Measures how often intervals of 95% cover the true mean (docs/decisions/intervals.md).

Compares the percentile bootstrap with BCa: 3,000 samples of each kind, 2,000 resamples of each.
Needs what requirements.txt names.
"""

import numpy as np
from scipy.stats import norm

rng = np.random.default_rng(1)
RESAMPLES, SAMPLES = 2000, 3000
KINDS = {
    "normal": (lambda n: rng.normal(size=n), 0),
    "lognormal": (lambda n: rng.lognormal(size=n), np.exp(0.5)),
    "W = 0.85, 5% ties": (lambda n: rng.choice([0, 0.5, 1], p=[0.125, 0.05, 0.825], size=n), 0.85),
    "W = 0.55, 5% ties": (lambda n: rng.choice([0, 0.5, 1], p=[0.425, 0.05, 0.525], size=n), 0.55),
}


def intervals(x):
    means = x[rng.integers(0, len(x), (RESAMPLES, len(x)))].mean(1)
    yield np.quantile(means, [0.025, 0.975])
    mean = x.mean()
    bias = norm.ppf(((means < mean).mean() + (means <= mean).mean()) / 2)
    d = x - mean
    acceleration = (d**3).sum() / (6 * (d**2).sum() ** 1.5)
    z = bias + norm.ppf([0.025, 0.975])
    yield np.quantile(means, norm.cdf(bias + z / (1 - acceleration * z)))


def measure(kind, n):
    draw, true = KINDS[kind]
    covered, without = np.zeros(2), 0
    for _ in range(SAMPLES):
        x = draw(n)
        if np.all(x == x[0]):
            without += 1
            continue
        covered += [low <= true <= high for low, high in intervals(x)]
    percentile, bca = covered / (SAMPLES - without)
    print(f"{kind:20} n={n:3} percentile {percentile:.3f} BCa {bca:.3f} without an interval {without}", flush=True)


for n in (10, 30, 100):
    for kind in KINDS:
        measure(kind, n)
