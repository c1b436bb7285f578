#!/usr/bin/python3
"""Trains the network that reads stones.

    nice -n 19 ./train.py --data D.npz... --synth S.npz... --minutes 12 --out net.pt [--fold K --folds N] [--seed 1]

With --fold, the groups of photographs of that fold, and every N-th render, are
left out of training and measured afterwards; --minutes 0 --start net.pt measures only. --steps instead of --minutes gives
the same weights for the same seed.
"""
import argparse
import json
import time

import numpy as np
import torch
from torch.nn import functional as F

from augment import UNKNOWN, augment
from canvas import CELL, RING, mirrored
from net import CLASSES, Net, load, relative, wood
from synth import WINDOW

SHARE = dict(photo=.2, photo2=.22, render=.12, video=.03, wild=.16, synth=.27)
REAL = ('photo', 'photo2')


class Boards:
    """All canvases, drawn from by source, scene, picture and variant."""

    def __init__(self, files, synths):
        self.canvas, self.label, self.lean, self.ends, meta = [], [], [], [], []
        for f in files:
            d = np.load(f, allow_pickle=True)
            self.canvas += list(d['canvas'])
            self.label += list(d['label'])
            self.lean += list(d['lean'])
            self.ends += [np.ones(4, bool)] * len(d['lean'])
            meta += [(str(a), str(b), str(c), int(v), str(e)) for a, b, c, v, e in zip(d['source'], d['group'], d['scene'], d['variant'], d['name'])]
        for f in synths:
            d = np.load(f)
            self.canvas += list(d['canvas'])
            self.label += list(d['label'])
            self.lean += list(d['lean'])
            self.ends += list(d['ends'])
            meta += [('synth', 'synth', 'synth', 0, '')] * len(d['canvas'])
        self.source, self.group, self.scene, self.variant, self.name = map(np.array, zip(*meta))

    def fold(self, k, n, without=()):
        """Masks of what is trained on and what is measured (unchanged pictures only)."""
        real = np.isin(self.source, REAL)
        groups = sorted(set(self.group[real]))
        held = np.isin(self.source, without)
        if k is not None:
            held |= np.isin(self.group, groups[k::n]) & real
        if held.any():
            k = k or 0
            for s in ('render', 'wild'):
                scenes = sorted(set(self.scene[self.source == s]))
                held |= (self.source == s) & np.isin(self.scene, scenes[k::2 * n])
        seq = np.char.endswith(self.scene.astype(str), '-seq') | np.char.endswith(self.scene.astype(str), '-hands')
        return ~held, held & (self.variant == 0) & ~(seq & real & (self.scene != 'gomrade-seq'))


def sampler(b, train, rng):
    by = {}
    for i in np.nonzero(train)[0]:
        by.setdefault(b.source[i], {}).setdefault(b.scene[i], []).append(i)
    sources = [s for s in SHARE if s in by]
    p = np.array([SHARE[s] for s in sources])
    keys = {s: list(by[s]) for s in sources}
    while True:
        s = sources[rng.choice(len(sources), p=p / p.sum())]
        scene = keys[s][rng.integers(len(keys[s]))]
        i = by[s][scene][rng.integers(len(by[s][scene]))]
        n = b.label[i].shape[0]
        m = n - WINDOW
        x, y = rng.integers(m + 1, size=2)
        if rng.random() < .3:
            x = int(rng.choice([0, m]))
        if rng.random() < .3:
            y = int(rng.choice([0, m]))
        k = (WINDOW + 2 * RING) * CELL
        c = b.canvas[i][y * CELL:y * CELL + k, x * CELL:x * CELL + k]
        ends = b.ends[i] & [y == 0, y == m, x == 0, x == m]
        yield c, b.label[i][y:y + WINDOW, x:x + WINDOW], b.lean[i][y:y + WINDOW, x:x + WINDOW], ends


def inner(lab, ends):
    """Labels of the points all of whose neighbours are in the window, or not on the board."""
    lab = lab.copy()
    for end, line in zip(ends, (lab[0], lab[-1], lab[:, 0], lab[:, -1])):
        if not end:
            line[:] = UNKNOWN
    return lab


class Feed:
    """Batches of which a part is new and the rest was seen a few times before: changing windows costs as much as learning from them."""

    def __init__(self, it, rng, size, new, pool=1500):
        self.it, self.rng, self.size, self.new, self.limit, self.pool = it, rng, size, new, pool, []

    def fresh(self):
        rng = self.rng
        c, lab, lean, ends = augment(rng, *next(self.it))
        ref = (wood(c, WINDOW) + 10) * np.exp(rng.normal(0, .3 if rng.random() < .15 else .08) + rng.normal(0, .05, 3)) - 10
        return relative(c, ref).astype(np.float32), np.stack([lab, inner(lab, ends)]).astype(np.int64), (np.asarray(lean).transpose(2, 0, 1) * np.exp(rng.normal(0, .08))).astype(np.float32)

    def batch(self):
        new = [self.fresh() for _ in range(self.new)]
        old = [self.pool[i] for i in self.rng.integers(len(self.pool), size=self.size - self.new)] if self.pool else []
        for w in new:
            if len(self.pool) < self.limit:
                self.pool.append(w)
            else:
                self.pool[self.rng.integers(self.limit)] = w
        return [torch.from_numpy(np.stack(v)) for v in zip(*(new + old))]


def loss_of(net, x, y, t):
    y = torch.where(y == UNKNOWN, torch.full_like(y, -1), y)

    def cost(opinion, y):
        return F.cross_entropy(opinion.float().reshape(-1, CLASSES), y.reshape(-1), ignore_index=-1)
    first, second, last = net(x, t)
    return cost(last, y[:, 1]) + .5 * cost(second, y[:, 0]) + .3 * cost(first, y[:, 0])


WAYS = ((False, 1, 0, .75), (True, -1, 0, 1.33), (False, 0, 1, 1.33), (True, 0, -1, .75))    # mirrored, right, down, gamma


@torch.no_grad()
def predict(net, c, lean):
    """Logarithms of the chances, the mean over four ways of looking, as vision/stones.go reads."""
    ref = wood(c, lean.shape[0])

    def seen(v, gamma):
        return 255 * (np.asarray(v, np.float32) / 255) ** gamma
    total = 0
    for mirror, dx, dy, gamma in WAYS:
        d, t = np.roll(c, (dy, dx), (0, 1)), lean
        if mirror:
            d, t = mirrored(d, t * np.float32([-1, 1]))
        x = torch.from_numpy(relative(seen(d, gamma), seen(ref, gamma))[None]).float()
        t = torch.from_numpy(np.ascontiguousarray(t.transpose(2, 0, 1)[None], np.float32))
        o = F.log_softmax(net(x, t)[2][0], -1).numpy()
        total = total + (o[:, ::-1] if mirror else o)
    return total / len(WAYS)


def measure(net, b, held, log=print):
    """Errors by scene; returns the logits, labels and scenes of all points measured."""
    net.eval()
    scenes, logits, truths, names = {}, [], [], []
    for i in np.nonzero(held)[0]:
        o, lab = predict(net, b.canvas[i], b.lean[i]), b.label[i]
        ok = lab < 3
        wrong = (o.argmax(-1) != lab) & ok
        name = b.scene[i] if b.source[i] in REAL else b.source[i]
        s = scenes.setdefault(name, [0, 0, 0, 0])
        s[0] += 1
        s[1] += not wrong.any()
        s[2] += int(wrong.sum())
        s[3] += int(ok.sum())
        ok = lab < 4
        logits.append(o[ok])
        truths.append(lab[ok])
        names += [name] * int(ok.sum())
    for k, s in sorted(scenes.items()):
        log('%-14s %3d boards %3d right %5d of %6d points wrong' % (k, *s))
    for what, of in (('photographs', [k for k in scenes if k not in SHARE]), ('renders', [k for k in scenes if k in SHARE])):
        v = np.array([[scenes[k][2] / scenes[k][3], scenes[k][1] / scenes[k][0]] for k in of])
        if len(v):
            log('%s: %d scenes, %.4f %% of points wrong, %.1f %% of boards right' % (what, len(v), *(100 * v.mean(0))))
    return dict(logits=np.concatenate(logits), truth=np.concatenate(truths), scene=np.array(names))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('--data', nargs='+', required=True)
    ap.add_argument('--synth', nargs='*', default=[])
    ap.add_argument('--out', required=True)
    ap.add_argument('--start')
    ap.add_argument('--minutes', type=float, default=0)
    ap.add_argument('--steps', type=int, default=0)
    ap.add_argument('--batch', type=int, default=32)
    ap.add_argument('--new', type=int, default=12)
    ap.add_argument('--fold', type=int)
    ap.add_argument('--folds', type=int, default=3)
    ap.add_argument('--without', nargs='*', default=[], help='sources not to train on, but to measure: photo photo2 for all photographs')
    ap.add_argument('--bf16', action='store_true', help='compute in half the bits: twice as fast where the processor can')
    ap.add_argument('--seed', type=int, default=1)
    ap.add_argument('--lr', type=float, default=2.5e-3)
    a = ap.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    rng = np.random.default_rng(a.seed)
    b = Boards(a.data, a.synth)
    train, held = b.fold(a.fold, a.folds, a.without)
    net = load(a.start) if a.start else Net()
    slow = {k: v.clone() for k, v in net.state_dict().items()}
    opt = torch.optim.AdamW(net.parameters(), lr=a.lr, weight_decay=1e-3)
    feed = Feed(sampler(b, train, rng), rng, a.batch, a.new)
    t0, k, run = time.time(), 0, 0.
    while True:
        done = k / a.steps if a.steps else (time.time() - t0) / (a.minutes * 60 + 1e-9)
        if done >= 1:
            break
        for g in opt.param_groups:
            g['lr'] = a.lr * min(1, k / 50 + .02) * (.5 + .5 * np.cos(np.pi * done)) + 2e-5
        net.train()
        with torch.autocast('cpu', torch.bfloat16, enabled=a.bf16):
            loss = loss_of(net, *feed.batch())
        opt.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.)
        opt.step()
        k += 1
        keep = min(.998, k / (k + 20))
        for n, v in net.state_dict().items():
            slow[n].mul_(keep).add_(v, alpha=1 - keep)
        run += loss.item()
        if k % 100 == 0:
            print('%5d steps %5.0f s loss %.4f' % (k, time.time() - t0, run / 100), flush=True)
            run = 0.
        if k % 200 == 0:
            torch.save(slow, a.out)
    net.load_state_dict(slow)
    torch.save(net.state_dict(), a.out)
    if held.any():
        np.savez(a.out.replace('.pt', '') + '-held.npz', **measure(net, b, held))


if __name__ == '__main__':
    main()
