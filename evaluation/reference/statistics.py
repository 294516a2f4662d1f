"""Writes statistics.json: what scipy and choix compute, for src/statistics/reference.test.ts.

Run in this folder:

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python statistics.py > statistics.json && npx biome format --write statistics.json
"""

import itertools
import json
import math

import choix
import numpy as np
from scipy import stats

rng = np.random.default_rng(24)


def lists(a):
    return [float(x) for x in a]


def intervals():
    """BCa intervals of scipy, with the resampled means that they were computed from."""
    cases = {
        "normal": rng.normal(size=40),
        "skewed": rng.lognormal(size=25),
        "outcomes": rng.choice([0, 0.5, 1], p=[0.2, 0.1, 0.7], size=60),
        "two": np.array([1.0, 4.0]),
    }
    for name, values in cases.items():
        result = stats.bootstrap((values,), np.mean, n_resamples=499, method="BCa", rng=1)
        many = stats.bootstrap((values,), np.mean, n_resamples=100_000, method="BCa", rng=2)
        yield {
            "name": name,
            "values": lists(values),
            "means": lists(result.bootstrap_distribution),
            "interval": lists(result.confidence_interval),
            "manyResamples": lists(many.confidence_interval),
        }


def paired():
    """Paired tests: the t-test, and Wilcoxon's, exact for up to 50 differences."""
    small = rng.normal(size=12)
    medium = rng.normal(size=50)
    large = rng.normal(size=300)
    rounded = np.round(rng.normal(size=200), 1)
    cases = {
        "exact": (small, small - 0.4 + rng.normal(size=12)),
        "exact 50": (medium, medium + 0.3 + rng.normal(size=50)),
        "normal approximation": (large, large + 0.1 + rng.normal(size=300)),
        "ties and zeros": (rounded, np.round(rounded + 0.1 + rng.normal(size=200), 1)),
        "exact, ties and zeros": (np.array([1, 2, 2, 3, 5, 8, 1.0]), np.array([1, 1, 3, 1, 4, 5, 3.0])),
        "far apart": (large, large - 5 + rng.normal(size=300)),
    }
    for name, (a, b) in cases.items():
        t = stats.ttest_rel(a, b)
        d = (a - b)[a != b]
        w = stats.wilcoxon(d, method="exact" if len(d) <= 50 and len(set(abs(d))) == len(d) else "approx")
        p = sign_flips(d) if name.startswith("exact, ties") else w.pvalue
        yield {
            "name": name,
            "first": lists(a),
            "second": lists(b),
            "t": [float(t.statistic), float(t.pvalue)],
            "wilcoxon": [float(w.statistic), float(p)],
        }


def sign_flips(d):
    """The exact p-value over all signs, which scipy has only through its permutation method."""
    method = stats.PermutationMethod(n_resamples=np.inf)
    return stats.wilcoxon(d, method=method).pvalue


def best_of():
    """Best-of-N over all subsets. Equal picker scores: the mean of the best ones."""
    cases = {
        "distinct": (rng.normal(size=7), rng.normal(size=7)),
        "ties": (rng.normal(size=8), np.array([0, 0, 1, 1, 1, 2, 3, 3.0])),
        "all tied": (rng.normal(size=5), np.zeros(5)),
        "one": (np.array([0.25]), np.array([9.0])),
    }
    for name, (oracle, picker) in cases.items():
        curve = []
        for n in range(1, len(oracle) + 1):
            means = []
            for subset in map(list, itertools.combinations(range(len(oracle)), n)):
                best = max(picker[subset])
                means.append(np.mean([oracle[i] for i in subset if picker[i] == best]))
            curve.append(float(np.mean(means)))
        yield {"name": name, "oracle": lists(oracle), "picker": lists(picker), "curve": curve}


def ratings():
    """Bradley-Terry by choix. A tie is one win of each, a win is two: the optimum is the same."""
    names = ["aad", "greedy-dpo", "eft", "greedy-sft", "bo2"]
    strengths = np.array([1.0, 0.3, 0.2, -0.5, -0.7])
    outcomes = []
    for _ in range(300):
        i, j = rng.choice(5, size=2, replace=False)
        p = 1 / (1 + math.exp(strengths[j] - strengths[i]))
        outcomes.append([int(i), int(j), float(rng.choice([0.5, 1, 0], p=[0.1, 0.9 * p, 0.9 * (1 - p)]))])
    data = []
    for i, j, score in outcomes:
        data += [(i, j)] * int(2 * score) + [(j, i)] * int(2 - 2 * score)
    params = choix.opt_pairwise(5, data, alpha=0, method="Newton-CG", tol=1e-12)
    elo = 1500 + 400 / math.log(10) * (params - params.mean())
    return {
        "outcomes": [{"first": names[i], "second": names[j], "score": s} for i, j, s in outcomes],
        "elo": dict(zip(names, lists(elo))),
    }


def correlations():
    x = rng.integers(20, 400, size=50)
    y = 0.01 * x + rng.normal(size=50)
    return {
        "first": lists(x),
        "second": lists(y),
        "pearson": float(stats.pearsonr(x, y).statistic),
        "spearman": float(stats.spearmanr(x, y).statistic),
    }


def summary():
    x = rng.integers(20, 400, size=31)
    q = np.quantile(x, [0, 0.25, 0.5, 0.75, 1])
    return {"values": lists(x), "mean": float(x.mean()), "deviation": float(x.std(ddof=1)), "quantiles": lists(q)}


def bin_width():
    """The rule of Freedman and Diaconis. Ours moves the edges to multiples of the width."""
    x = rng.normal(1, 2, size=400)
    edges = np.histogram_bin_edges(x, "fd")
    q = np.subtract(*np.quantile(x, [0.75, 0.25]))
    return {"values": lists(x), "width": float(2 * q / len(x) ** (1 / 3)), "numpyBins": len(edges) - 1}


reference = {
    "madeBy": f"scipy {__import__('scipy').__version__}, choix 0.4.1, numpy {np.__version__}",
    "intervals": list(intervals()),
    "paired": list(paired()),
    "bestOf": list(best_of()),
    "ratings": ratings(),
    "correlation": correlations(),
    "summary": summary(),
    "histogram": bin_width(),
}
print(json.dumps(reference, indent=2))
