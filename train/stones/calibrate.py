#!/usr/bin/python3
"""Makes chances honest: finds SCALE and DOUBT from points that training never saw.

    ./calibrate.py HELD.npz...          (written by train.py --fold)

The chance of a state becomes softmax(SCALE·logits) + DOUBT, normalised: SCALE
undoes overconfidence, DOUBT is the share of points about which the network is
wrong however sure it is. Every scene counts the same. Prints the reliability
table: of all points called with a chance, how many were right.
"""
import sys

import numpy as np


def chances(logits, scale, doubt):
    z = logits * scale
    p = np.exp(z - z.max(1, keepdims=True))
    p = p / p.sum(1, keepdims=True) + doubt
    return p / p.sum(1, keepdims=True)


def main():
    parts = [np.load(f) for f in sys.argv[1:]]
    logits = np.concatenate([p['logits'] for p in parts])
    truth = np.concatenate([p['truth'] for p in parts])
    scene = np.concatenate([p['scene'] for p in parts])
    w = np.zeros(len(truth))
    for s in set(scene):
        m = scene == s
        w[m] = 1 / m.sum()
    w /= w.sum()
    best = None
    for scale in np.arange(.3, 1.55, .05):
        for doubt in np.exp(np.arange(np.log(1e-6), np.log(3e-3), .25)):
            p = chances(logits, scale, doubt)[np.arange(len(truth)), truth]
            nll = -(w * np.log(p)).sum()
            if best is None or nll < best[0]:
                best = nll, scale, doubt
    nll, scale, doubt = best
    p = chances(logits, scale, doubt)
    top, conf = p.argmax(1), p.max(1)
    right = top == truth
    print('SCALE %.3f DOUBT %.2g, %.5f nats a point; %d points of %d scenes' % (scale, doubt, nll, len(truth), len(set(scene))))
    print('| called with | points | mean chance % | right % | right %, each scene the same |\n| --- | --- | --- | --- | --- |')
    edges = [0, .5, .8, .9, .95, .99, .995, .999, .9995, .9999, 1.0001]
    for a, b in zip(edges, edges[1:]):
        m = (conf >= a) & (conf < b)
        if m.any():
            print('| %.2f-%.2f %% | %d | %.3f | %.3f | %.3f |' % (100 * a, min(100, 100 * b), m.sum(), 100 * conf[m].mean(), 100 * right[m].mean(), 100 * (right * w)[m].sum() / w[m].sum()))


if __name__ == '__main__':
    main()
