#!/usr/bin/python3
"""Renders stills of wilder boards than the photorealistic generator draws by itself.

Wraps the private generator (goban_stills.py; needs povray): boards of paper,
plastic, bamboo and dark wood, thin and heavy lines, flat and thick stones, green
and tinted ones, pale ones on pale boards, stones of one colour only, stones put
down sloppily, up to half a cell from their crossing, light lines on dark and red
wood, wide margins, steep and flat cameras, coloured lamps, hard sensors. Takes the options of goban_stills.py, after the
generator's folder:

    nice -n 19 ./wild_renders.py GENERATOR --out OUT --sgf GENERATOR/sgf --seed 41000 --n 100 --workers 1
"""
import sys

sys.path.insert(0, sys.argv.pop(1))

import numpy as np  # noqa: E402

import goban_config  # noqa: E402
import goban_scene  # noqa: E402
import goban_stills  # noqa: E402

PLAIN = goban_config.random_scene


def boards(rng):
    """Bases (sRGB), contrast, ring width and cathedral grain of boards that are not of usual wood."""
    kinds = {
        'paper': ((0.93, 0.92, 0.89), 0.05, 30.0, 0.0), 'cream': ((0.93, 0.87, 0.72), 0.08, 30.0, 0.0),
        'plastic': ((0.88, 0.66, 0.30), 0.06, 40.0, 0.0), 'grey': ((0.66, 0.64, 0.60), 0.3, 8.0, 0.0),
        'ebony': ((0.36, 0.24, 0.15), 0.9, 6.0, 0.5), 'felt': ((0.35, 0.50, 0.36), 0.2, 3.0, 0.0),
        'grain': ((0.78, 0.58, 0.36), 2.0, 9.0, 0.9), 'pale': ((0.92, 0.84, 0.68), 1.3, 5.0, 0.3),
        'red': ((0.58, 0.26, 0.15), 0.8, 6.0, 0.4), 'blue': ((0.24, 0.45, 0.70), 0.1, 30.0, 0.0),
        'slate': ((0.22, 0.22, 0.24), 0.3, 8.0, 0.0), 'white': ((0.88, 0.80, 0.68), 0.8, 9.0, 0.2)}
    k = str(rng.choice(list(kinds)))
    base, contrast, ring, grain = kinds[k]
    base = tuple(float(np.clip(b * rng.uniform(.88, 1.06), 0, .97)) for b in base)
    return k, (base, contrast, ring, grain)


def random_scene(seed, size, over=None):
    r = np.random.default_rng(seed * 31 + size)
    c = PLAIN(seed, size, over)
    U = r.uniform
    if r.random() < .65:
        name, wood = boards(r)
        c['wood'] = '%s%d' % (name, seed)
        goban_scene.BOARD_WOODS[c['wood']] = wood
    c['line_w'] = float(r.choice([U(.35, .8), U(.8, 1.3), U(1.3, 2.6)]))
    base = goban_scene.BOARD_WOODS[c['wood']][0]
    grey = U(.02, .45)
    if np.mean(base) < .5 and r.random() < .7 or r.random() < .06:
        grey = U(.75, 1) if np.mean(base) < .5 else U(.85, 1)
    c['line_rgb'] = [float(grey * k) for k in (1, U(.8, 1), U(.6, 1))]
    if r.random() < .35:
        c['margin'] = float(U(20, 60))
    c['camera']['elev'] = float(r.choice([U(24, 40), U(40, 65), U(65, 89)]))
    c['camera']['hfov'] = float(U(30, 78))
    c['camera']['k1'] = float(U(-.2, .05))
    c['camera']['fill'] = float(U(.5, .97))
    c['stone_h'] = float(U(5.5, 11))
    c['jitter'] = float(r.choice([U(.3, 1.5), U(1.5, 3), U(3, 4.5)], p=[.4, .4, .2]))
    c['sloppy'] = float(U(.05, .6)) if r.random() < .5 else 0.
    if r.random() < .2:      # green sets
        c['black_rgb'] = [float(U(.03, .12)), float(U(.18, .34)), float(U(.05, .16))]
        c['white_rgb'] = [float(U(.55, .8)), float(U(.78, .9)), float(U(.45, .7))]
    elif r.random() < .4:    # yellowed, grey or bluish white; brown, grey or bluish black
        c['white_rgb'] = [float(x) for x in np.clip(U(.62, .95) * np.array([1, U(.92, 1.02), U(.75, 1.06)]), 0, .97)]
        c['black_rgb'] = [float(x) for x in U(.04, .33) * np.array([U(.9, 1.25), 1, U(.8, 1.25)])]
    if r.random() < .2:      # pale stones like the board
        c['white_rgb'] = [float(x) for x in np.clip(np.array(base) * U(.95, 1.2) + U(-.05, .1), 0, .97)]
    for lamp in ('lamp', 'window'):
        if r.random() < .4:
            c[lamp]['color'] = [float(x) for x in np.exp(r.normal(0, .28, 3))]
    c['weights'] = dict(w=float(U(.05, 1.3)), l=float(U(0, 1.3)), f=float(U(.05, .6)))
    c['lamp']['size'] = float(r.choice([20, 60, 150, 300]))
    s = c['sensor']
    s['target'] = float(U(.32, .68))
    s['wb'] = [float(U(.85, 1.18)), 1.0, float(U(.8, 1.2))]
    s['noise_read'] = float(U(.001, .007))
    s['noise_shot'] = float(U(.005, .022))
    s['blur'] = float(r.choice([U(.4, 1), U(1, 2.2)]))
    s['sharpen'] = float(U(0, 1.4))
    s['contrast'] = float(U(0, .8))
    s['sat'] = float(U(.6, 1.5))
    s['jpeg'] = int(r.integers(35, 93))
    s['hi'] = float(U(.9, 1.6))
    return c


class Placer(goban_stills.Placer):
    """Puts stones further from their crossings than a tidy player does."""

    def new_stone(self, col, spread=None):
        st = super().new_stone(col, spread)
        r = self.rng
        if r.random() < self.cfg['sloppy']:
            a, d = r.uniform(0, 6.28), r.uniform(4, 11)
            st['off'] = [float(d * np.cos(a)), float(d * np.sin(a))]
        return st

    def settle(self, p, st):
        """What lies here pushes the new stone away until they no longer overlap."""
        for _ in range(12):
            free = True
            for q in [(p[0] + a, p[1] + b) for a in range(-2, 3) for b in range(-2, 3) if a or b]:
                s = self.stones.get(q)
                if s is None:
                    continue
                d = self.sc.local(*p) + np.array(st['off']) - self.sc.local(*q) - np.array(s['off'])
                far, need = np.linalg.norm(d), 11 * (st['scale'] + s['scale']) - .15
                if far < need - .05:
                    free = False
                    st['off'] = [float(x) for x in np.clip(np.array(st['off']) + d / (far + 1e-6) * (need - far), -11, 11)]
            if free:
                break
        if free:
            self.stones[p] = st
        else:
            super().settle(p, dict(st, off=[0., 0.]))


def position(rng, n, sgfs):
    b = PLAIN_POSITION(rng, n, sgfs)
    only = rng.random()
    if only < .15:
        b = {p: 'W' if only < .1 else 'B' for p in b if rng.random() < .5}
    return b


PLAIN_POSITION = goban_stills.position
goban_stills.position = position
goban_stills.Placer = Placer
goban_stills.random_scene = random_scene

if __name__ == '__main__':
    goban_stills.main()
