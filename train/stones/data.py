#!/usr/bin/python3
"""Gathers labelled pictures into one file of canvases for training.

    nice -n 19 ./data.py PRIVATE OUT.npz [WILD...]

PRIVATE holds photos/, photos2/ and renders/ (- for none); each WILD is a folder made by
wild_renders.py or simulate.
Every picture gives several canvases with its corners, focal length and lens term
slightly wrong, as calibrations are; variant 0 is exact.
"""
import json
import os
import sys

import cv2
import numpy as np

from canvas import CELL, RING, Grid, canvas, turn_rows

COVERED, UNKNOWN = 3, 255
RNG = np.random.default_rng(1)


def labels(rows, occluded=()):
    """Rows of '.XO' ('?' where nobody knows) and what is hidden, as numbers. What lies beside something hidden may be half hidden."""
    a = np.array([['.XO'.index(c) if c != '?' else UNKNOWN for c in r] for r in rows], np.uint8)
    if len(occluded):
        m = np.zeros(a.shape, np.uint8)
        m[tuple(np.array(occluded).T)] = 1
        a[cv2.dilate(m, np.ones((3, 3), np.uint8)) > 0] = UNKNOWN
        a[m > 0] = COVERED
    return a


def pictures(private, wild):
    """Yields source, group, scene, picture file or image, size, corners, labels, k1, aspect, variants."""
    def path(*p):
        return os.path.join(private, *p)
    real = private != '-'
    m = [dict(e, set=s) for s in ('photos', 'photos2') for e in json.load(open(path(s, 'manifest.json')))] if real else []
    count = {}
    for e in m:
        count[e['scene']] = count.get(e['scene'], 0) + 1
    for e in m:
        k = 8 if count[e['scene']] == 1 else 5 if count[e['scene']] < 5 else 4 if count[e['scene']] < 9 else 2
        yield e['set'].replace('photos', 'photo'), e['group'], e['scene'], path(e['set'], e['file']), e['board_size'], e['corners'], labels(e['truth']), 0., 1., k
    seqs = {'gv-game3': ('gv-wood', 6), 'gv-game4': ('gv-wood', 3)}
    for s, (group, every) in seqs.items() if real else ():
        d = path('photos', 'sequences', s)
        for i, f in enumerate(x for x in json.load(open(d + '/labels.json'))['frames'] if x['truth'] is not None):
            if i % every == 1:
                yield 'photo', group, s + '-seq', os.path.join(d, f['file']), len(f['truth']), f['corners'], labels(f['truth']), 0., 1., 1
    for d in ([path('renders', 'stills'), path('renders', 'stills2')] if real else []) + wild:
        kind = 'wild' if d in wild else 'render'
        for e in json.load(open(d + '/truth.json')):
            half = np.hypot(1280, 720) / 2
            k1 = e['grid_k1'] if 'grid_k1' in e else -e['k1'] * (half / (640 / np.tan(np.radians(e['hfov']) / 2))) ** 2
            yield kind, kind, d + e['file'], os.path.join(d, e['file']), e['size'], e['corners'], labels(e['state'], e['occluded_points']), k1, e.get('aspect', 23.7 / 22), 2
    for v, every in (('dev_9x9', 8), ('dev_19x19', 12)) if real else ():
        t = json.load(open(path('renders', v, 'truth.json')))
        cap = cv2.VideoCapture(path('renders', v, 'video.mp4'))
        for i, f in enumerate(t['frame']):
            ok, img = cap.read()
            if ok and i % every == 0 and not f['hand'] and not f['occluded']:
                yield 'video', v, v, img, t['size'], f['corners'], labels(t['states'][f['state']]), 0., 23.7 / 22, 1


def behind(hand, clean):
    """Labels of a canvas with a hand in it, from clean canvases before and after: what
    differs from both in structure is covered, what equals one, but for a shadow, is as
    there, the rest is unknown."""
    n = clean[0][1].shape[0]
    k = (np.arange(n) + RING) * CELL + CELL // 2
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9)).astype(np.float32)
    disc /= disc.sum()
    changed, uneven = [], []
    for c, _ in clean:
        a, b = hand.astype(np.float32), c.astype(np.float32)
        r = np.log((a + 8) / (b + 8))
        r -= np.median(r, (0, 1))
        d = cv2.blur(np.abs(a - b).max(-1), (3, 3))
        changed.append(cv2.filter2D((d > 26).astype(np.float32), -1, disc)[np.ix_(k, k)])
        dev = np.sqrt(np.maximum(0, cv2.blur(r * r, (15, 15)) - cv2.blur(r, (15, 15)) ** 2)).max(-1)
        uneven.append(dev[np.ix_(k, k)])
    changed, uneven = np.array(changed), np.array(uneven)
    out = np.full((n, n), UNKNOWN, np.uint8)
    out[(changed.min(0) > .6) & (uneven.min(0) > .12)] = COVERED
    for s, u, (_, lab) in zip(changed, uneven, clean):
        same = ((s < .06) | (u < .06)) & (lab < 3) & (out == UNKNOWN)
        out[same] = lab[same]
    return out


def hands(private):
    """Yields frames with hands: source, group, scene, picture, corners, aspect, and the clean frames around."""
    def near(clean, i):
        return [c for c in (max((j for j in clean if j < i), default=None), min((j for j in clean if j > i), default=None)) if c is not None]
    for v, every in (('dev_9x9', 3), ('dev_19x19', 4)):
        t = json.load(open(os.path.join(private, 'renders', v, 'truth.json')))
        cap = cv2.VideoCapture(os.path.join(private, 'renders', v, 'video.mp4'))
        frames = [cap.read()[1] for _ in t['frame']]
        f = t['frame']
        clean = [i for i, x in enumerate(f) if not x['hand'] and not x['occluded'] and frames[i] is not None]
        for i in range(0, len(f), every):
            if f[i]['occluded'] and frames[i] is not None:
                yield 'video', v, v + '-hands', frames[i], f[i]['corners'], 23.7 / 22, [(frames[j], f[j]['corners'], labels(t['states'][f[j]['state']])) for j in near(clean, i)]
    for s in ('gv-game3', 'gv-game4'):
        d = os.path.join(private, 'photos', 'sequences', s)
        f = json.load(open(d + '/labels.json'))['frames']
        clean = [i for i, x in enumerate(f) if x['truth'] is not None]
        for i, x in enumerate(f):
            if x['truth'] is None:
                yield 'photo', 'gv-wood', s + '-seq', cv2.imread(os.path.join(d, x['file'])), x['corners'], 1., [
                    (cv2.imread(os.path.join(d, f[j]['file'])), f[j]['corners'], labels(f[j]['truth'])) for j in near(clean, i)]


def main():
    private, out, wild = sys.argv[1], sys.argv[2], sys.argv[3:]
    rec = dict(canvas=[], label=[], lean=[], source=[], group=[], scene=[], variant=[], name=[])
    for source, group, scene, img, n, corners, lab, k1, aspect, k in pictures(private, wild):
        name = img if isinstance(img, str) else '%s#' % scene
        img = cv2.imread(img) if isinstance(img, str) else img
        wh = img.shape[1::-1]
        corners = np.array(corners)
        cell = np.sqrt(cv2.contourArea(corners.astype(np.float32))) / (n - 1)
        for v in range(k):
            c, f, kk = corners, 0., k1
            if v or k == 1:
                s = abs(RNG.normal(0, .08))
                c = corners + RNG.normal(0, 1, (4, 2)) * cell * min(s, .15) + RNG.normal(0, .03, 2) * cell
                kk = k1 * RNG.uniform(0, 1.2) + RNG.normal(0, .005)
                f = Grid(n, wh, c, kk, aspect).focal * np.exp(RNG.normal(0, .1))
            a = aspect if v % 2 == 0 else 1.
            g = Grid(n, wh, c, kk, a, f)
            q = g.turns()
            if np.abs(g.lean()).max() < .3 and v:
                q = int(RNG.integers(4))
            g = g.rotated(q)
            rec['canvas'].append(canvas(img, g))
            rec['label'].append(turn_rows(lab, q).copy())
            rec['lean'].append(g.lean().astype(np.float32))
            for key, val in (('source', source), ('group', group), ('scene', scene), ('variant', v), ('name', os.path.basename(name))):
                rec[key].append(val)
    for source, group, scene, img, corners, aspect, clean in hands(private) if private != '-' else ():
        n = len(clean[0][2])
        g = Grid(n, img.shape[1::-1], corners, 0., aspect)
        q = g.turns()
        g = g.rotated(q)
        c = canvas(img, g)
        around = []
        for i, k, lab in clean:
            o = Grid(n, i.shape[1::-1], k, 0., aspect).rotated(q)
            around.append((canvas(i, o), turn_rows(lab, q)))
        rec['canvas'].append(c)
        rec['label'].append(behind(c, around))
        rec['lean'].append(g.lean().astype(np.float32))
        for key, val in (('source', source), ('group', group), ('scene', scene), ('variant', 0), ('name', '')):
            rec[key].append(val)
    arr = {}
    for k, v in rec.items():
        if k in ('canvas', 'label', 'lean'):
            o = np.empty(len(v), object)
            o[:] = v
            arr[k] = o
        else:
            arr[k] = np.array(v)
    np.savez(out, **arr)
    print(len(rec['canvas']), 'canvases')


if __name__ == '__main__':
    main()
