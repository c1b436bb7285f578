#!/usr/bin/python3
"""Draws canvases of boards that never were, wildly different from one another.

    nice -n 19 ./synth.py OUT.npz N SEED

Each shows a WINDOW×WINDOW part of a board as canvas.py would: stones are
ellipsoids seen along the line of sight, shaded and casting shadows, put down
neatly or up to half a cell from their crossing; boards are of wood, paper, felt or
stone, with lines of all widths, dark or light, marks, dirt, knots, tape, stickers,
lamps under the crossings and bowls at the rim. Everything is drawn at twice the
resolution.
"""
import sys

import cv2
import numpy as np

from canvas import CELL, HEIGHT, RING

COVERED, UNKNOWN = 3, 255
WINDOW = 9
P = 2 * CELL
BLOCKS = WINDOW + 2 * RING
SIDE = BLOCKS * P

cv2.setNumThreads(1)


def hsv(h, s, v):
    i = int(h * 6) % 6
    f = h * 6 - int(h * 6)
    p, q, t = v * (1 - s), v * (1 - s * f), v * (1 - s * (1 - f))
    r, g, b = [(v, t, p), (q, v, p), (p, v, t), (p, q, v), (t, p, v), (v, p, q)][i]
    return np.array([b, g, r], np.float32)


def smooth(r, n, shape=(SIDE, SIDE)):
    """Smooth noise with about n bumps across."""
    n = np.broadcast_to(n, 2)
    return cv2.resize(r.normal(size=(max(2, int(n[0])), max(2, int(n[1])))).astype(np.float32), shape[::-1], interpolation=cv2.INTER_CUBIC)


def surface(r):
    """A board's bare surface, its base colour and whether it is dark."""
    kind = r.choice(['wood', 'paper', 'other'], p=[.72, .16, .12])
    if kind == 'wood':
        base = hsv(r.uniform(.03, .155), r.uniform(.12, .85), r.uniform(.3, 1))
        if r.random() < .12:     # red lacquer, rosewood
            base = hsv(r.uniform(-.02, .05) % 1, r.uniform(.4, .85), r.uniform(.3, .75))
    elif kind == 'paper':
        base = hsv(r.uniform(0, 1), r.uniform(0, .12), r.uniform(.6, 1))
    else:
        base = hsv(r.uniform(0, 1), r.uniform(0, .6), r.uniform(.2, .9))
    img = np.ones((SIDE, SIDE, 3), np.float32) * base
    if kind != 'paper':
        amp = r.choice([r.uniform(0, .05), r.uniform(.05, .2)])
        along = r.random() < .5
        x = np.linspace(0, 1, SIDE, dtype=np.float32)[None, :]
        warp = x * r.uniform(4, 40) + smooth(r, (3, 3)) * r.uniform(0, 1.5)
        rings = (warp % 1) ** r.uniform(1, 3) if r.random() < .7 else np.sin(warp * 6.28) * .5
        fib = smooth(r, (r.uniform(2, 8), r.uniform(30, 150)))
        v = 1 - amp * rings - r.uniform(0, .06) * fib - r.uniform(0, .05) * smooth(r, 6)
        if not along:
            v = v.T
        img *= v[..., None] ** np.array([r.uniform(1, 1.6), r.uniform(.9, 1.2), 1], np.float32)
    img *= 1 + r.uniform(0, .03) * r.normal(size=(SIDE, SIDE, 1)).astype(np.float32)
    return img, base


def ellipse(c, rx, ry, blur):
    """A soft disc: 1 inside."""
    m = np.zeros((SIDE, SIDE), np.float32)
    cv2.ellipse(m, (int(c[0] * 16), int(c[1] * 16)), (max(1, int(rx * 16)), max(1, int(ry * 16))), 0, 0, 360, 1, -1, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(m, (0, 0), blur) if blur > .3 else m


def multiply(img, m, f):
    img *= 1 - m[..., None] * (1 - np.asarray(f, np.float32))


def blend(img, m, c):
    img += m[..., None] * (np.asarray(c, np.float32) - img)


def stone(img, r, c, R, ry, hh, lean, light, col, look):
    """Draws an ellipsoid of radii R, R·ry and half height hh standing at c (lines)."""
    cx, cy = (c + RING + .5) * P
    mx = R * P * 1.1 + abs(lean[0]) * P * (hh + .15) + 3
    my = R * P * 1.1 + abs(lean[1]) * P * (hh + .15) + 3
    off = (hh - HEIGHT) * lean * P
    x0, x1 = int(max(0, cx + off[0] - mx)), int(min(SIDE, cx + off[0] + mx))
    y0, y1 = int(max(0, cy + off[1] - my)), int(min(SIDE, cy + off[1] + my))
    if x1 - x0 < 2 or y1 - y0 < 2:
        return
    yy, xx = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    # In units of the radii; the ray through a pixel is q − z·t.
    qx, qy = (xx - cx) / (R * P), (yy - cy) / (R * ry * P)
    tx, ty, k = lean[0] * hh / R, lean[1] * hh / (R * ry), (HEIGHT - hh) / hh
    # z in units of hh from the middle: (qx − (z−k)·tx)² + (qy − (z−k)·ty)² + z² = 1
    ax, ay = qx + k * tx, qy + k * ty
    a = tx * tx + ty * ty + 1
    b = ax * tx + ay * ty
    q = ax * ax + ay * ay - 1
    disc = b * b - a * q
    z = (b + np.sqrt(np.maximum(disc, 0))) / a
    # signed distance in pixels, roughly, for a soft rim
    cover = np.clip(disc / (2 * np.sqrt(a) * np.sqrt(np.maximum(disc, 0) + a * .02)) * R * P + .5, 0, 1)
    nx, ny, nz = (ax - z * tx) / R, (ay - z * ty) / (R * ry), z / hh
    s = np.sqrt(nx * nx + ny * ny + nz * nz) + 1e-6
    nx, ny, nz = nx / s, ny / s, nz / s
    view = np.array([-lean[0], -lean[1], 1.0])   # towards the camera: what is high appears displaced by lean
    view /= np.linalg.norm(view)
    L = light['dir']
    shade = light['amb'] * (.55 + .45 * nz) + (1 - light['amb']) * np.maximum(0, nx * L[0] + ny * L[1] + nz * L[2]) / max(L[2], .35)
    out = np.asarray(col, np.float32) * shade[..., None]
    for d, size, power in look['spots']:
        h = d + view
        h /= np.linalg.norm(h)
        out += (power * np.maximum(0, nx * h[0] + ny * h[1] + nz * h[2]) ** size)[..., None] * light['tint']
    if look['grain']:
        out *= 1 + look['grain'] * np.sin((qx * look['gdir'][0] + qy * look['gdir'][1]) * look['gfreq'] + r.uniform(0, 6))[..., None]
    # the rim mirrors the surroundings
    fres = (1 - np.maximum(0, nx * view[0] + ny * view[1] + nz * view[2])) ** 4
    out += look['rim'] * fres[..., None] * light['tint']
    dst = img[y0:y1, x0:x1]
    dst += cover[..., None] * (out - dst)


def things(img, r):
    """Tape, stickers and leaflets stuck to the board."""
    for _ in range(int(r.integers(1, 4)) if r.random() < .08 else 0):
        c, k = r.uniform(0, SIDE, 2), r.random()
        col = hsv(r.random(), r.uniform(0, .9), r.uniform(.1, 1.05))
        m = np.zeros((SIDE, SIDE), np.float32)
        if k < .45:       # a strip, often clear
            box = cv2.boxPoints((tuple(map(float, c)), (float(r.uniform(2, 30) * P), float(r.uniform(.25, 1) * P)), float(r.choice([0, 90, r.uniform(0, 180)]))))
            cv2.fillPoly(m, [box.round().astype(np.int32)], 1, cv2.LINE_AA)
            blend(img, m * float(r.choice([r.uniform(.1, .5), r.uniform(.5, 1)])), col)
        elif k < .8:      # a round one, flat and smaller than a stone
            blend(img, ellipse(c, *np.full(2, r.uniform(.1, .3) * P), .5) * r.uniform(.6, 1), col)
        else:
            box = cv2.boxPoints((tuple(map(float, c)), tuple(map(float, r.uniform(.3, 1.2, 2) * P)), float(r.uniform(0, 180))))
            cv2.fillPoly(m, [box.round().astype(np.int32)], 1, cv2.LINE_AA)
            blend(img, m * r.uniform(.5, 1), col)


def lamps(img, r, labels, spot):
    """Light put on the board: lamps under the crossings, or a projector's marks. No stones."""
    if r.random() > .07:
        return
    free = np.argwhere(labels == 0)
    share, kind = r.uniform(.02, .6), r.random()
    hues = r.random(int(r.integers(1, 4)))
    size = r.uniform(.1, .3)
    for y, x in free[r.random(len(free)) < share]:
        c = np.array(spot(x - RING, y - RING)) + r.normal(0, .04, 2) * P
        col = hsv(float(r.choice(hues)), r.uniform(.5, 1), 1.) * r.uniform(.6, 1.3)
        if kind < .55:    # a lamp and its halo
            img += (ellipse(c, *np.full(2, size * P), .12 * P) * r.uniform(.5, 1.5))[..., None] * col
            img += (ellipse(c, *np.full(2, .45 * P), .25 * P) * r.uniform(0, .5))[..., None] * col
        elif kind < .8:   # a disc of light through which the lines are seen
            img += (ellipse(c, *np.full(2, r.uniform(.25, .45) * P), 1.5) * r.uniform(.15, .5))[..., None] * col
        else:             # a ring or a cross of light
            m = ellipse(c, *np.full(2, .45 * P), 1.) - ellipse(c, *np.full(2, .36 * P), 1.)
            img += (m * r.uniform(.2, .8))[..., None] * col


def bowl(img, r, labels, lo, hi, px, lean):
    """A bowl, its lid or a box that reaches over the rim. What lies under it is covered."""
    ax = int(r.integers(2))
    q = r.uniform(-1, WINDOW, 2)
    if lo[ax] > -5:
        q[ax] = lo[ax] - r.uniform(.3, 2.5)
    elif hi[ax] < WINDOW + 5:
        q[ax] = hi[ax] + r.uniform(.3, 2.5)
    rx = r.uniform(1.2, 2.8)
    ry = rx * r.uniform(.8, 1.2)
    c = px(q) + r.uniform(0, .8) * lean * P
    col = hsv(r.uniform(0, .15), r.uniform(0, .8), r.uniform(.05, 1.05)) if r.random() < .6 else hsv(r.random(), r.uniform(0, .2), float(r.choice([r.uniform(.02, .2), r.uniform(.7, 1.1)])))
    multiply(img, ellipse(c + r.normal(0, .2, 2) * P, rx * P * 1.03, ry * P * 1.03, .2 * P) * r.uniform(.1, .6), (.2, .2, .2))
    body = ellipse(c, rx * P, ry * P, .6)
    yy, xx = np.mgrid[0:SIDE, 0:SIDE].astype(np.float32)
    d = np.hypot((xx - c[0]) / (rx * P), (yy - c[1]) / (ry * P))
    a = r.uniform(0, 6.28)
    shade = 1 + r.uniform(0, .3) * ((xx - c[0]) * np.cos(a) + (yy - c[1]) * np.sin(a)) / (rx * P)
    if r.random() < .7:   # its rim
        w = r.uniform(.75, .95)
        shade = shade * np.where(d > w, r.uniform(.5, 1.4), 1)
    img += body[..., None] * (shade[..., None] * col - img)
    n = labels.shape[0]
    v, u = np.mgrid[0:n, 0:n] - RING
    d = np.hypot(((u + RING + .5) * P - c[0]) / (rx * P), ((v + RING + .5) * P - c[1]) / (ry * P))
    reach = .35 / min(rx, ry)
    labels[(d < 1 + 1.2 * reach) & (labels < 3)] = UNKNOWN
    labels[d < 1 - reach] = COVERED


def placed(r, colour, lo, hi, R):
    """Puts stones on their points, neatly or not: returns labels and a list of where and what colour."""
    n = len(colour)
    spread = float(r.choice([r.uniform(0, .07), r.uniform(.07, .16), r.uniform(.16, .3)], p=[.45, .35, .2]))
    # Stones too big for their board push one another aside, whole rows of them.
    drift = np.zeros((n, n, 2))
    if r.random() < .25:
        drift = cv2.resize(r.normal(size=(4, 4, 2)), (n, n), interpolation=cv2.INTER_CUBIC) * r.uniform(.05, .3)
    sloppy = r.uniform(.03, .7) if r.random() < .4 else 0.
    labels = np.zeros((n, n), np.uint8)
    at, off, col = [], [], []
    for y in range(n):
        for x in range(n):
            u, v = x - RING, y - RING
            if colour[y, x] and lo[0] <= u <= hi[0] and lo[1] <= v <= hi[1]:
                labels[y, x] = colour[y, x]
                d = r.normal(0, spread, 2) + drift[y, x]
                if r.random() < sloppy:
                    a, far = r.uniform(0, 6.28), r.uniform(.2, .52)
                    d = far * np.array([np.cos(a), np.sin(a)])
                at.append((u, v))
                off.append(d)
                col.append(colour[y, x])
    at, off = np.array(at, float).reshape(-1, 2), np.array(off).reshape(-1, 2)
    if len(at) > 1:      # stones do not lie in one another
        near = np.array([(i, j) for i in range(len(at)) for j in range(i) if np.abs(at[i] - at[j]).max() < 2.5]).reshape(-1, 2)
        i, j = near.T if len(near) else (np.zeros(0, int), np.zeros(0, int))
        for _ in range(10):
            d = at[i] + off[i] - at[j] - off[j]
            far = np.hypot(*d.T) + 1e-6
            push = (np.maximum(0, 1.96 * R - far) / far / 2)[:, None] * d * .7
            np.add.at(off, i, push)
            np.add.at(off, j, -push)
            off *= np.minimum(1, .53 / (np.hypot(*off.T) + 1e-9))[:, None]
    return labels, [(p + d, int(k)) for p, d, k in zip(at, off, col)]


def window(r):
    """Returns canvas (side×side×3 uint8), labels (WINDOW²), lean (WINDOW²×2), and whether the board ends above, below, left and right."""
    img, base = surface(r)
    t = abs(r.normal(0, .75)) if r.random() < .85 else r.uniform(0, 2.1)
    t = min(t, 2.1)
    ang = r.uniform(-.8, .8)
    lean = np.array([t * np.sin(ang), -t * np.cos(ang)])
    ground = -HEIGHT * lean * P
    ry = float(r.choice([1, 1.077, .93]))
    # where the board ends: some windows lie at one or two edges
    lo, hi = np.full(2, -9.), np.full(2, WINDOW + 8.)
    for ax in range(2):
        e = r.random()
        if e < .3:
            lo[ax] = 0
        elif e < .6:
            hi[ax] = WINDOW - 1

    def px(u):
        return (u + RING + .5) * P

    margin = r.choice([r.uniform(.5, 1), r.uniform(1, 3)])
    wide = lo < -5, hi > WINDOW + 5
    a = [px(lo[i] - margin) + ground[i] if not wide[0][i] else -9 for i in range(2)]
    b = [px(hi[i] + margin) + ground[i] if not wide[1][i] else SIDE + 9 for i in range(2)]
    # lines
    lw = float(r.choice([r.uniform(.015, .04), r.uniform(.04, .12)])) * P
    lum = float(base.mean())
    ink = r.uniform(.75, .92) if r.random() < .2 else r.uniform(.0, .75) if lum > .2 or r.random() < .5 else r.uniform(1.3, 3)
    if lum < .7 and r.random() < (.25 if lum < .45 else .06):     # light lines
        ink = r.uniform(1.15, max(1.3, min(3, .95 / lum)))
    tint = np.clip(np.array([1, 1, 1], np.float32) * ink + r.normal(0, .08, 3), 0, 4)
    jit = r.normal(0, r.choice([.0, .02, .05]), 2) + r.normal(0, .03, 2)
    m = np.zeros((SIDE, SIDE), np.float32)
    sc = 1 + r.normal(0, .004, 2)
    double = r.random() < .05
    first, last = np.maximum(lo, -RING - 1), np.minimum(hi, WINDOW + RING)

    def spot(u, v):
        return (px(u * sc[0] + jit[0]) + ground[0], px(v * sc[1] + jit[1]) + ground[1])

    def segment(p, q, w):
        """A straight line of any width: drawn wide and scaled by its true width."""
        k = max(1, int(round(w)))
        layer = np.zeros_like(m)
        cv2.line(layer, (int(p[0] * 16), int(p[1] * 16)), (int(q[0] * 16), int(q[1] * 16)), float(min(1, w / k)), k, cv2.LINE_AA, 4)
        np.maximum(m, layer, out=m)
    for k in range(-RING - 1, WINDOW + RING + 1):
        border = 1.6 if r.random() < .3 else 1
        if lo[0] <= k <= hi[0]:
            w = lw * (border if k in (lo[0], hi[0]) else 1)
            segment(spot(k, first[1]), spot(k, last[1]), w)
            if double:
                segment(spot(k + .07, first[1]), spot(k + .07, last[1]), w)
        if lo[1] <= k <= hi[1]:
            w = lw * (border if k in (lo[1], hi[1]) else 1)
            segment(spot(first[0], k), spot(last[0], k), w)
            if double:
                segment(spot(first[0], k + .07), spot(last[0], k + .07), w)
    ho = r.integers(0, 6, 2)
    hr = r.uniform(.04, .13) * P
    if r.random() < .85:
        step = int(r.choice([3, 4, 6]))
        for u in range(ho[0], WINDOW, step):
            for v in range(ho[1], WINDOW, step):
                if lo[0] <= u <= hi[0] and lo[1] <= v <= hi[1]:
                    c = spot(u, v)
                    cv2.circle(m, (int(c[0] * 16), int(c[1] * 16)), int(hr * 16), 1, -1, cv2.LINE_AA, 4)
    m *= r.uniform(.5, 1)
    if r.random() < .3:   # worn, broken lines
        m *= np.clip(.7 + .5 * smooth(r, 25), 0, 1)
    multiply(img, m, tint)
    # marks, dirt, knots and print on the bare board
    for _ in range(int(r.integers(0, 6)) if r.random() < .4 else 0):
        c = r.uniform(0, SIDE, 2)
        k = r.random()
        if k < .4:
            multiply(img, ellipse(c, r.uniform(.03, .5) * P, r.uniform(.03, .3) * P, r.uniform(.5, 8)), r.uniform(.3, 1.15, 3))
        elif k < .6:
            blend(img, ellipse(c, r.uniform(.05, .2) * P, r.uniform(.05, .2) * P, .5) * r.uniform(.3, 1), hsv(r.random(), r.random(), r.random()))
        elif k < .8:
            cv2.putText(img, str(r.integers(1, 99)), (int(c[0]), int(c[1])), int(r.integers(0, 8)), r.uniform(.3, 1), tuple(map(float, hsv(r.random(), r.random(), r.random() * .7))), 1, cv2.LINE_AA)
        else:
            q = c + r.normal(0, 2 * P, 2)
            cv2.line(img, (int(c[0]), int(c[1])), (int(q[0]), int(q[1])), tuple(map(float, hsv(r.random(), r.random(), r.random()))), int(r.integers(1, 3)), cv2.LINE_AA)
    things(img, r)
    # the table
    out = np.ones((SIDE, SIDE), np.float32)
    out[int(np.clip(a[1], 0, SIDE)):int(np.clip(b[1], 0, SIDE)), int(np.clip(a[0], 0, SIDE)):int(np.clip(b[0], 0, SIDE))] = 0
    table = hsv(r.random(), r.uniform(0, .7), r.uniform(.03, 1)) * (1 + r.uniform(0, .2) * smooth(r, r.uniform(3, 60)))[..., None]
    blend(img, cv2.GaussianBlur(out, (0, 0), .8), table)

    # stones
    hh = r.uniform(.13, .235)
    R = r.uniform(.445, .5) if r.random() < .6 else r.uniform(.37, .45)     # stones small for their board too
    el, az = r.uniform(.35, 1.5), r.uniform(0, 6.28)
    light = dict(dir=np.array([np.cos(el) * np.cos(az), np.cos(el) * np.sin(az), np.sin(el)]), amb=r.uniform(.2, .85),
                 tint=np.exp(r.normal(0, .1, 3)).astype(np.float32))
    k = r.random()
    if k < .12:
        white, black = hsv(r.uniform(.18, .42), r.uniform(.15, .55), r.uniform(.6, .98)), hsv(r.uniform(.25, .45), r.uniform(.3, .9), r.uniform(.05, .35))
    elif k < .3:
        white, black = hsv(r.random(), r.uniform(0, .3), r.uniform(.55, 1.05)), hsv(r.random(), r.uniform(0, .6), r.uniform(.03, .3))
    else:
        white, black = hsv(r.uniform(.05, .2), r.uniform(0, .15), r.uniform(.7, 1.08)), hsv(r.random(), r.uniform(0, .2), r.uniform(.02, .22))
    if r.random() < .09:     # pale or dark stones like the board
        white = np.clip(base * r.uniform(.98, 1.35) + r.uniform(-.02, .12), 0, 1.08).astype(np.float32)
    elif r.random() < .05 and lum < .5:
        black = (base * r.uniform(.3, .9)).astype(np.float32)
    # the sets are told apart by brightness
    if white.mean() < black.mean() + .25:
        white = np.clip(white + .3, 0, 1.1)

    def look(gloss):
        spots = []
        for _ in range(int(r.integers(0, 4))):
            e, z = r.uniform(.3, 1.5), r.uniform(0, 6.28)
            d = np.array([np.cos(e) * np.cos(z), np.cos(e) * np.sin(z), np.sin(e)])
            spots.append((d, float(np.exp(r.uniform(1, 6))), gloss * float(r.uniform(.05, 1))))
        return dict(spots=spots, rim=gloss * r.uniform(0, .4), grain=0, gdir=(1, 0), gfreq=1)
    looks = [None, look(r.uniform(0, 1) ** 1.5), look(r.uniform(0, .5))]
    if r.random() < .3:
        d = r.uniform(0, 6.28)
        looks[2].update(grain=r.uniform(.005, .03), gdir=(np.cos(d), np.sin(d)), gfreq=r.uniform(8, 25))
    density = r.choice([r.uniform(0, .15), r.uniform(.15, .55), r.uniform(.55, .9)], p=[.4, .35, .25])
    n = BLOCKS
    field = cv2.resize(r.normal(size=(5, 5)).astype(np.float32), (n, n), interpolation=cv2.INTER_CUBIC) * r.uniform(0, 1.5) + r.normal(size=(n, n))
    side = cv2.resize(r.normal(size=(5, 5)).astype(np.float32), (n, n), interpolation=cv2.INTER_CUBIC) * r.uniform(0, 2) + r.normal(size=(n, n)) * .6
    cut = np.quantile(field, 1 - density)
    colour = np.where(field > cut, np.where(side > r.uniform(-.6, .6), 1, 2), 0)
    if r.random() < .15:
        colour[colour > 0] = r.choice([1, 2], p=[.35, .65])
    if r.random() < .06:
        colour[:] = 0
    labels, todo = placed(r, colour, lo, hi, R)
    # stones that lie beside the board
    for _ in range(int(r.integers(0, 12)) if r.random() < .3 else 0):
        p = r.uniform(-RING, WINDOW + RING - 1, 2)
        if (p < lo - margin - .6).any() or (p > hi + margin + .6).any():
            todo.append((p, int(r.integers(1, 3))))
    lamps(img, r, labels, spot)
    shadow = np.zeros((SIDE, SIDE), np.float32)
    contact = np.zeros((SIDE, SIDE), np.float32)
    drop = -light['dir'][:2] / max(light['dir'][2], .25) * hh
    for c, _ in todo:
        s = px(c) + ground
        for layer, d, f in ((shadow, drop, 1.), (contact, (0, 0), .95)):
            q = s + np.asarray(d) * P
            cv2.ellipse(layer, (int(q[0] * 16), int(q[1] * 16)), (int(R * f * P * 16), int(R * f * ry * P * 16)), 0, 0, 360, 1, -1, cv2.LINE_AA, 4)
    multiply(img, cv2.GaussianBlur(shadow, (0, 0), r.uniform(.02, .25) * P) * r.uniform(0, .75), light['amb'] * r.uniform(.3, 1, 1) * np.ones(3))
    multiply(img, cv2.GaussianBlur(contact, (0, 0), r.uniform(.03, .1) * P) * r.uniform(0, .6), (.2, .2, .2))
    todo.sort(key=lambda s: s[0][1])     # far ones first
    for c, k in todo:
        col = (white if k == 2 else black) * np.float32(np.exp(r.normal(0, .05))) * np.exp(r.normal(0, .015, 3)).astype(np.float32)
        stone(img, r, c, R * r.uniform(.98, 1.02), ry, hh, lean, light, col, looks[k])
    if r.random() < .06:
        bowl(img, r, labels, lo, hi, px, lean)
    img = cv2.GaussianBlur(img, (0, 0), r.uniform(.5, 1.6))
    img = cv2.resize(img, (SIDE // 2, SIDE // 2), interpolation=cv2.INTER_AREA)
    gain = r.uniform(.75, 1.1)
    img = np.clip(img * gain, 0, 1)
    ls = np.broadcast_to(lean.astype(np.float32) * (1 + r.normal(0, .1)), (WINDOW, WINDOW, 2)).copy()
    ends = np.array([lo[1] == 0, hi[1] == WINDOW - 1, lo[0] == 0, hi[0] == WINDOW - 1])
    return (img * 255 + .5).astype(np.uint8), labels[RING:-RING, RING:-RING].copy(), ls, ends


def main():
    out, n, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    canvas, label, lean, ends = zip(*(window(np.random.default_rng([seed, i])) for i in range(n)))
    np.savez(out, canvas=np.stack(canvas), label=np.stack(label), lean=np.stack(lean), ends=np.stack(ends))


if __name__ == '__main__':
    main()
