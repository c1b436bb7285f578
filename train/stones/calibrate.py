#!/usr/bin/python3
"""Makes chances honest: finds SCALE, DOUBT and VEIL from points that training never saw.

    ./calibrate.py [--veil V] [--scale S] [--doubt D] HELD.npz...          (written by train.py --fold)

The chance of a state becomes softmax(SCALE·(logits + VEIL for covered)) + DOUBT,
normalised (what is given is kept): SCALE undoes overconfidence, VEIL that training shows more hands than
there are (more than the points measured tell, so it may be given), DOUBT is the share of points about which the network is wrong however
sure it is. Every scene counts the same, all that is covered as HANDS scenes.
Prints the reliability table: of all points called with a chance, how many were
right.
"""
import argparse

import numpy as np


HANDS = 3


def chances(logits, scale, doubt, veil):
    z = (logits + veil * np.array([0, 0, 0, 1])) * scale
    p = np.exp(z - z.max(1, keepdims=True))
    p = p / p.sum(1, keepdims=True) + doubt
    return p / p.sum(1, keepdims=True)


def share(truth, top, scene):
    """Prints what was read as what, and the share of errors over the scenes of photographs."""
    print('truth × read (empty, black, white, covered):')
    for t in range(4):
        print('   ', [int(((truth == t) & (top == r)).sum()) for r in range(4)])
    real = [s for s in sorted(set(scene)) if s not in ('hands', 'render', 'wild')]
    wrong, hidden = [np.mean([f[scene == s].mean() for s in real]) for f in ((top != truth) & (top < 3), (top != truth) & (top == 3))]
    print('over %d scenes of photographs: %.4f %% of points read as another stone or none, %.4f %% as covered' % (len(real), 100 * wrong, 100 * hidden))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('held', nargs='+')
    for k in ('veil', 'scale', 'doubt'):
        ap.add_argument('--' + k, type=float)
    a = ap.parse_args()
    parts = [np.load(f) for f in a.held]
    logits = np.concatenate([p['logits'] for p in parts])
    truth = np.concatenate([p['truth'] for p in parts])
    scene = np.concatenate([p['scene'].astype('U20') for p in parts])
    scene[truth == 3] = 'hands'
    w = np.zeros(len(truth))
    for s in set(scene):
        m = scene == s
        w[m] = (HANDS if s == 'hands' else 1) / m.sum()
    w /= w.sum()
    best = None
    for veil in np.arange(-5, .1, .5) if a.veil is None else [a.veil]:
        for scale in np.arange(.3, 1.55, .1) if a.scale is None else [a.scale]:
            z = (logits + veil * np.array([0, 0, 0, 1])) * scale
            q = np.exp(z - z.max(1, keepdims=True))
            q = (q / q.sum(1, keepdims=True))[np.arange(len(truth)), truth]
            for doubt in np.exp(np.arange(np.log(1e-6), np.log(3e-3), .5)) if a.doubt is None else [a.doubt]:
                nll = -(w * np.log((q + doubt) / (1 + 4 * doubt))).sum()
                if best is None or nll < best[0]:
                    best = nll, scale, doubt, veil
    nll, scale, doubt, veil = best
    p = chances(logits, scale, doubt, veil)
    top, conf = p.argmax(1), p.max(1)
    right = top == truth
    print('SCALE %.2f DOUBT %.2g VEIL %.2f, %.5f nats a point; %d points of %d scenes' % (scale, doubt, veil, nll, len(truth), len(set(scene))))
    print('| called with | points | mean chance % | right % | right %, each scene the same |\n| --- | --- | --- | --- | --- |')
    share(truth, top, scene)
    edges = [0, .5, .8, .9, .95, .99, .995, .999, .9995, .9999, 1.0001]
    for a, b in zip(edges, edges[1:]):
        m = (conf >= a) & (conf < b)
        if m.any():
            print('| %.2f-%.2f %% | %d | %.3f | %.3f | %.3f |' % (100 * a, min(100, 100 * b), m.sum(), 100 * conf[m].mean(), 100 * right[m].mean(), 100 * (right * w)[m].sum() / w[m].sum()))


if __name__ == '__main__':
    main()
