"""Light, lens, sensor and hands that were not there, stones moved and added: changes of a window's canvas."""
import cv2
import numpy as np

from canvas import CELL, RING, mirrored

COVERED, UNKNOWN = 3, 255


def field(r, s):
    """A smooth or sharp-edged field of light, about 1."""
    yy, xx = np.mgrid[-1:1:s * 1j, -1:1:s * 1j].astype(np.float32)
    a = r.uniform(0, 6.28)
    f = np.exp(r.normal(0, .25) * (xx * np.cos(a) + yy * np.sin(a)) + r.normal(0, .15) * (xx * xx + yy * yy))
    if r.random() < .35:     # an edge of sun or shadow
        a = r.uniform(0, 6.28)
        d = (xx - r.uniform(-.8, .8)) * np.cos(a) + (yy - r.uniform(-.8, .8)) * np.sin(a)
        if r.random() < .5:  # a bar of it
            d = r.uniform(.1, .5) - np.abs(d)
        f *= np.exp(-(r.uniform(.1, 1.1) if r.random() < .8 else r.uniform(1, 2)) / (1 + np.exp(np.clip(d / r.choice([.008, .03, .12]), -30, 30))))
    return f[..., None]


def hand(r, s):
    """An arm, a hand or a thing over the window: alpha s×s and its colours."""
    k = 2
    S = s * k
    a = np.zeros((S, S), np.float32)
    shade = np.ones((S, S), np.float32)
    cell = CELL * k

    def strip(p, q, w0, w1):
        d = q - p
        n = np.array([-d[1], d[0]]) / (np.hypot(*d) + 1e-6)
        poly = np.array([p + n * w0, q + n * w1, q - n * w1, p - n * w0])
        cv2.fillPoly(a, [poly.round().astype(np.int32)], 1, cv2.LINE_AA)
        cv2.circle(a, tuple(int(v) for v in q), int(w1), 1, -1, cv2.LINE_AA)
    kind = r.random()
    col = np.ones((S, S, 3), np.float32)
    if r.random() < .55:     # skin
        v = r.uniform(.25, .95)
        base = np.array([v * r.uniform(.5, .75), v * r.uniform(.62, .85), v], np.float32)
    else:                    # cloth, paper, anything
        v = r.uniform(.02, 1)
        base = (v * np.exp(r.normal(0, .35, 3))).astype(np.float32)
    c = r.uniform(.1, .9, 2) * S
    ang = r.uniform(0, 6.28)
    d = np.array([np.cos(ang), np.sin(ang)])
    if kind < .75:
        far = c + d * S * 1.6
        w = r.uniform(.5, 2.2) * cell
        strip(far, c, w * r.uniform(1, 1.6), w)
        for _ in range(int(r.integers(0, 6))):
            b = ang + np.pi + r.normal(0, .45)
            m = c + np.array([np.cos(b), np.sin(b)]) * r.uniform(.8, 2.6) * cell
            t = m + np.array([np.cos(b + r.normal(0, .5)), np.sin(b + r.normal(0, .5))]) * r.uniform(.3, 1.5) * cell
            fw = r.uniform(.22, .5) * cell
            strip(c, m, fw * 1.1, fw)
            strip(m, t, fw, fw * .8)
        if r.random() < .6:  # a sleeve further up
            cut = (np.mgrid[0:S, 0:S].astype(np.float32)[::-1].transpose(1, 2, 0) - c) @ d.astype(np.float32) > r.uniform(.5, 4) * cell
            v = r.uniform(.02, 1)
            col[cut] = (v * np.exp(r.normal(0, .4, 3))).astype(np.float32) / np.maximum(base, .02)
    elif kind < .9:          # a round thing
        cv2.ellipse(a, tuple(int(v) for v in c), tuple(int(v) for v in r.uniform(.8, 3, 2) * cell), r.uniform(0, 180), 0, 360, 1, -1, cv2.LINE_AA)
    else:                    # a sheet, a phone
        cv2.fillPoly(a, [cv2.boxPoints((tuple(map(float, c)), tuple(map(float, r.uniform(1.5, 6, 2) * cell)), float(r.uniform(0, 90)))).round().astype(np.int32)], 1, cv2.LINE_AA)
    dist = cv2.distanceTransform((a > .5).astype(np.uint8), cv2.DIST_L2, 3)
    shade = .55 + .45 * np.minimum(1, dist / (r.uniform(.15, .8) * cell + 1))
    shade *= 1 + .25 * cv2.resize(r.normal(size=(8, 8)).astype(np.float32), (S, S), interpolation=cv2.INTER_CUBIC) * r.uniform(.1, 1)
    if r.random() < .5:      # folds, hair, weave
        k1 = r.integers(3, 40, 2)
        shade *= 1 + r.uniform(.02, .25) * cv2.resize(r.normal(size=(int(k1[0]), int(k1[1]))).astype(np.float32), (S, S), interpolation=cv2.INTER_CUBIC)
    rgb = col * base * shade[..., None]
    a = cv2.GaussianBlur(a, (0, 0), r.uniform(.6, 4))
    if r.random() < .3:      # moving
        n = int(r.integers(3, 25))
        m, b = np.zeros((n, n), np.float32), r.uniform(0, 6.28)
        d = np.array([np.cos(b), np.sin(b)]) * n / 2
        cv2.line(m, tuple(int(v) for v in n / 2 - d), tuple(int(v) for v in n / 2 + d), 1)
        m /= m.sum()
        a = cv2.filter2D(a, -1, m)
    a = cv2.resize(a, (s, s), interpolation=cv2.INTER_AREA)
    rgb = cv2.resize(rgb, (s, s), interpolation=cv2.INTER_AREA)
    return a, rgb * 255


_y, _x = np.mgrid[-5:6, -5:6]
DISC = ((_x ** 2 + _y ** 2) < 22).astype(np.float32)
DISC /= DISC.sum()


def cover(r, x, lab):
    """Lays a hand over the canvas and marks what it hides."""
    s = x.shape[0]
    a, rgb = hand(r, s)
    if r.random() < .6:      # its shadow
        m = cv2.warpAffine(a, np.float32([[1, 0, r.normal(0, 9)], [0, 1, r.normal(0, 9)]]), (s, s))
        x = x * (1 - r.uniform(.1, .6) * cv2.GaussianBlur(m, (0, 0), r.uniform(1, 6)))[..., None]
    x = x * (1 - a[..., None]) + rgb * a[..., None]
    n = lab.shape[0]
    k = (np.arange(n) + RING) * CELL + CELL // 2
    part = cv2.filter2D(a, -1, DISC)[np.ix_(k, k)]
    mid = a[np.ix_(k, k)]
    lab = lab.copy()
    lab[(part > .12) & (lab < 3)] = UNKNOWN
    lab[(part > .55) & (mid > .5)] = COVERED
    return x, lab


HALF = 12            # a patch around a crossing reaches so far
_py, _px = np.mgrid[-HALF:HALF + 1, -HALF:HALF + 1].astype(np.float32)


def patch(x, p):
    """The view of x around a crossing (column, row)."""
    k = (np.asarray(p) + RING) * CELL + CELL // 2
    return x[k[1] - HALF:k[1] + HALF + 1, k[0] - HALF:k[0] + HALF + 1]


def disc(dx, dy, radius, soft):
    return np.clip((radius - np.hypot(_px - dx, _py - dy)) / soft + .5, 0, 1)[..., None]


def rearranged(r, x, lab, share):
    """Moves stones of a real picture by up to half a cell, and puts others down on free
    points. None is taken away: the shadow that it leaves looks like a pale stone."""
    n = lab.shape[0]
    full = np.pad(lab, 1, constant_values=0)
    near = np.lib.stride_tricks.sliding_window_view(full, (3, 3)).reshape(n, n, 9)
    known = (near < COVERED).all(-1)
    stones = np.argwhere(known & (lab > 0))
    free = np.argwhere((near == 0).all(-1))

    def like(p):
        """Free points that lie at the same sides of the window as p."""
        return [q for q in free if all((a == k) == (b == k) for a, b in zip(p, q) for k in (0, n - 1))]
    if not len(stones) or not len(free):
        return x, lab
    x, lab = x.copy(), lab.copy()
    clean = x.copy()
    where = [(q, np.zeros(2)) for q in np.argwhere(lab % COVERED > 0)]
    for p in stones[r.random(len(stones)) < share]:
        bare = like(p)
        if not bare:
            continue
        back = patch(clean, bare[r.integers(len(bare))][::-1])
        now = patch(x, p[::-1])
        diff = np.abs(now - back).sum(-1) * (np.hypot(_px, _py) < 7)
        diff = diff * (diff > .4 * diff.max())
        if diff.sum() < 1 or np.hypot((diff * _px).sum(), (diff * _py).sum()) > 1.2 * diff.sum():
            continue     # it lies off already, or cannot be told from the board
        src = now.copy()
        a, far = r.uniform(0, 6.28), r.uniform(.15, .5)
        d = far * np.array([np.sin(a), np.cos(a)])      # row, column
        if any((q != p).any() and np.hypot(*(q + o - p - d)) < .94 for q, o in where):
            continue
        where = [(q, d if (q == p).all() else o) for q, o in where]
        # as bright as it is here
        ring = (np.hypot(_px, _py) > 7)[..., None]
        back = back * np.clip((np.median(now[ring[..., 0]], 0) + 4) / (np.median(back[ring[..., 0]], 0) + 4), .6, 1.6)
        now += disc(0, 0, 7.2, 2.) * (back - now)
        put(now, src, d)
    for p in free[r.random(len(free)) < share * .25]:
        q = stones[r.integers(len(stones))]
        a, far = r.uniform(0, 6.28), r.uniform(0, .5)
        d = far * np.array([np.sin(a), np.cos(a)])
        if all(np.hypot(*(o + e - p - d)) > .96 for o, e in where):
            put(patch(x, p[::-1]), patch(clean, q[::-1]), d)
            lab[tuple(p)] = full[q[0] + 1, q[1] + 1]
            where.append((p, d))
    return x, lab


def put(onto, stone, d):
    """Lays the stone in the middle of a patch onto another, d (rows, columns) of a cell off."""
    m = np.float32([[1, 0, d[1] * CELL], [0, 1, d[0] * CELL]])
    at = cv2.warpAffine(stone, m, stone.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    onto += disc(d[1] * CELL, d[0] * CELL, 6.1, 1.2) * (at - onto)


def augment(r, c, lab, lean, ends):
    """c: canvas of a window, uint8; ends: whether the board ends above, below, left and right; returns changed copies of the four."""
    if r.random() < .5:
        c, lab, lean = mirrored(c, lab, lean * np.float32([-1, 1]))
        ends = ends[[0, 1, 3, 2]]
    x = np.ascontiguousarray(c).astype(np.float32)
    s = x.shape[0]
    if r.random() < .35:
        x, lab = rearranged(r, x, lab, r.choice([.15, .4, .8]))
    # a calibration that is slightly off, on top of what the data has
    if r.random() < .5:
        m = np.float32([[1, 0, 0], [0, 1, 0]]) + r.normal(0, .006, (2, 3)).astype(np.float32) * [[1, 1, 60], [1, 1, 60]]
        m[:, 2] -= (m[:, :2] - np.eye(2)) @ [s / 2, s / 2]
        x = cv2.warpAffine(x, m, (s, s), borderMode=cv2.BORDER_REPLICATE)
    if r.random() < .15:
        x, lab = cover(r, x, lab)
    # light
    if r.random() < .6:
        x = x * field(r, s)
    if r.random() < .4:
        x = 255 * (np.clip(x, 0, 400) / 255) ** r.uniform(.6, 1.7)
    x = x * np.exp(r.normal(0, .15) + r.normal(0, .12, 3).astype(np.float32))
    if r.random() < .15:     # a coloured lamp, or a white balance gone astray
        k = np.exp(-r.uniform(.3, 3.5) * r.random(3) ** r.choice([.5, 1, 2]))
        mix = np.eye(3) + r.uniform(0, .25, (3, 3))
        x = x @ (mix / mix.sum(1, keepdims=True)).T.astype(np.float32) * (k / k.max()).astype(np.float32) * r.uniform(.7, 1.5)
    if r.random() < .3:      # other chroma
        g = x.mean(-1, keepdims=True)
        x = g + (x - g) * r.uniform(0, 1.5)
    if r.random() < .2:      # darks and lights tinted
        g = np.clip(x.mean(-1, keepdims=True) / 255, 0, 1)
        x = x + (r.normal(0, 18, 3) * (1 - g) ** 3 + r.normal(0, 22, 3) * g ** 3).astype(np.float32)
    if r.random() < .2:      # haze
        h = r.uniform(0, 70)
        x = h * np.exp(r.normal(0, .1, 3)) + x * (1 - h / 255)
    for _ in range(int(r.integers(1, 4)) if r.random() < .2 else 0):     # glare
        yy, xx = np.mgrid[0:s, 0:s].astype(np.float32)
        cx, cy = r.uniform(0, s, 2)
        rr = r.uniform(.15, 2.5) * CELL
        d = ((xx - cx) / rr) ** 2 + ((yy - cy) / (rr * r.uniform(.4, 2.5))) ** 2
        x = x + (r.uniform(20, 220) * np.exp(-d ** r.choice([.5, 1, 3])))[..., None] * np.exp(r.normal(0, .08, 3))
    # lens and sensor
    if r.random() < .3:
        x = cv2.GaussianBlur(x, (0, 0), r.uniform(.3, 1.7))
    if r.random() < .2:
        f = r.uniform(.45, .95) if r.random() < .8 else r.uniform(.25, .5)
        x = cv2.resize(cv2.resize(x, None, fx=f, fy=f, interpolation=cv2.INTER_AREA), (s, s), interpolation=cv2.INTER_LINEAR)
    if r.random() < .2:
        x = x + r.uniform(.3, 1.5) * (x - cv2.GaussianBlur(x, (0, 0), r.uniform(.7, 1.5)))
    if r.random() < .6:
        x = x + r.standard_normal((s, s, 1), np.float32) * r.uniform(0, 9) + r.standard_normal((s, s, 3), np.float32) * r.uniform(0, 6)
    x = np.clip(x, 0, 255).astype(np.uint8)
    if r.random() < .25:
        x = cv2.imdecode(cv2.imencode('.jpg', x, [cv2.IMWRITE_JPEG_QUALITY, int(r.integers(20, 90))])[1], 1)
    return x, lab, lean, ends
