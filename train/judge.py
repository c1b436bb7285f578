"""Weighs the finder's evidence: logistic regression on what TestPrivateJudge wrote.

    GOBANCAM_JUDGE=judge.jsonl go test -run PrivateJudge ./vision
    python3 judge.py judge.jsonl

Prints the weights for vision/find_judge.go, and how often pictures of scenes
that had no part in the fit are sure and wrong, or sure and right.
"""

import json
import sys
import zlib

import numpy as np

NAMES = ["Agree", "Overlap", "Lead", "Cross", "Weak", "Stray", "Ring", "Border", "Inner", "Corner", "Share", "Edge", "Bare", "Beyond", "InView", "Verge"]


def features(r):
    x = [r[n] for n in NAMES]
    x[2] = np.clip(x[2], -40, 40) / 40
    # Whoever gave the corners has counted the lines.
    x[-1] = 0 if r["Kind"].startswith("given") else max(0, 2 * x[-1] - 1)
    return x


def fit(x, y, w, ridge=0.2):
    b = np.zeros(x.shape[1] + 1)
    x1 = np.append(x, np.ones((len(x), 1)), 1)
    for _ in range(200):
        p = 1 / (1 + np.exp(-x1 @ b))
        g = x1.T @ (w * (p - y)) + ridge * np.append(b[:-1], 0)
        h = (x1.T * (w * p * (1 - p))) @ x1 + ridge * np.eye(len(b))
        step = np.linalg.solve(h, g)
        b -= step
        if np.abs(step).max() < 1e-8:
            break
    return b


rows = [json.loads(l) for l in open(sys.argv[1])]
# A grid that is nearly right is neither right nor an example of a wrong one.
rows = [r for r in rows if r["Right"] or not 0 <= r["Offset"] < 0.35]
x = np.array([features(r) for r in rows], float)
y = np.array([r["Right"] for r in rows], float)
kind = np.array([r["Kind"] for r in rows])
# A wrong board that looks sure is the dearer mistake, and where the picture ends
# at a side examples of it are rare.
w = np.where(y > 0, 1.0, np.where(x[:, -1] > 0.1, 8.0, 3.0))
fold = np.array([zlib.crc32(r["Scene"].encode()) % 5 for r in rows])
p = np.zeros(len(rows))
for k in range(5):
    b = fit(x[fold != k], y[fold != k], w[fold != k])
    p[fold == k] = 1 / (1 + np.exp(-(x[fold == k] @ b[:-1] + b[-1])))
for name, m in (("all", y > -1), ("first answers", np.char.startswith(kind, "found 0 of 7 sizes")),
                ("corners given", np.char.startswith(kind, "given")), ("pictures cut at a side", np.char.startswith(kind, "cut"))):
    print(f"{name}: {m.sum()} grids, {y[m].sum():.0f} right; unseen scenes: sure and right {((p >= 0.9) & (y > 0) & m).sum()}, sure and wrong {((p >= 0.9) & (y == 0) & m).sum()}")
for i in np.argsort(-p * (y == 0))[:12]:
    print(f"  wrong with {p[i]:.3f}: {rows[i]['Picture']} {rows[i]['Kind']} off {rows[i]['Offset']:.2f}")
for i in np.argsort(p + (y == 0))[:8]:
    print(f"  right with {p[i]:.3f}: {rows[i]['Picture']} {rows[i]['Kind']}")
b = fit(x, y, w)
print("\n".join(f"{v:8.3f}  {n}" for n, v in zip(NAMES + ["offset"], b)))
