"""Cheap pictures of gobans with exact corners, by the thousand.

One call of `scene` draws a board, its stones, the table and the camera from a
numpy random generator and returns the picture with the truth of its grid. It
is no attempt at realism: it is meant to be wilder than any room, so that a
network trained on it has seen worse than it will meet.
"""

import cv2
import numpy as np

HOSHI = {9: (2, 4, 6), 13: (3, 6, 9), 19: (3, 9, 15)}


def undistort(p, k1, w, h):
    """Seen pixels to pinhole pixels, the model of package grid."""
    c = np.array([(w - 1) / 2, (h - 1) / 2])
    d = np.asarray(p, float) - c
    r2 = (d**2).sum(-1, keepdims=True) / ((w * w + h * h) / 4)
    return c + d * (1 + k1 * r2)


def distort(p, k1, w, h):
    """Pinhole pixels to seen pixels, by fixed-point iteration."""
    c = np.array([(w - 1) / 2, (h - 1) / 2])
    p = np.asarray(p, float)
    q = p.copy()
    for _ in range(20):
        d = q - c
        r2 = (d**2).sum(-1, keepdims=True) / ((w * w + h * h) / 4)
        q = c + (p - c) / np.maximum(1 + k1 * r2, 0.3)
    return q


def noise(rng, h, w, cells):
    """Smooth noise of mean 0 with about `cells` (y, x) bumps."""
    a = rng.standard_normal((max(2, int(cells[0])), max(2, int(cells[1])))).astype(np.float32)
    return cv2.resize(a, (w, h), interpolation=cv2.INTER_CUBIC)


def hsv(h, s, v):
    c = np.uint8([[[np.clip(h, 0, 1) * 179, np.clip(s, 0, 1) * 255, np.clip(v, 0, 1) * 255]]])
    return cv2.cvtColor(c, cv2.COLOR_HSV2BGR)[0, 0].astype(np.float32)


def texture(rng, h, w, colour):
    t = np.empty((h, w, 3), np.float32)
    t[:] = colour
    kind = rng.random()
    if kind < 0.6:  # grain
        g = noise(rng, h, w, (h / rng.uniform(2, 9), rng.uniform(2, 6)))
        g += noise(rng, h, w, (h / rng.uniform(12, 40), rng.uniform(1.5, 5)))
        if rng.random() < 0.5:
            g = cv2.resize(g.T, (w, h))
        t *= 1 + rng.uniform(0, 0.09) * g[..., None]
    elif kind < 0.8:  # cloth, carpet, stone
        g = noise(rng, h, w, (h / rng.uniform(1.5, 6), w / rng.uniform(1.5, 6)))
        t *= 1 + rng.uniform(0.02, 0.15) * g[..., None]
    return t


def table(rng, h, w):
    t = texture(rng, h, w, hsv(rng.random(), rng.random() ** 3 * 0.9, rng.uniform(0.05, 1)))
    if rng.random() < 0.3:  # planks, tiles, a chequered cloth: rival lattices
        step, dark = rng.uniform(12, 120), rng.uniform(0.4, 1.3)
        yy, xx = np.mgrid[:h, :w].astype(np.float32)
        a = rng.uniform(0, np.pi)
        u, v = xx * np.cos(a) + yy * np.sin(a), yy * np.cos(a) - xx * np.sin(a)
        p = rng.uniform(0, 1.5) * 1e-3
        u, v = u / (1 + p * v.clip(-300, None)), v
        if rng.random() < 0.5:
            m = (np.floor(u / step) + np.floor(v / step)) % 2 > 0.5
        else:
            wide = rng.uniform(1, 5)
            m = (u % step < wide) | ((v % (step * rng.choice([1, 1, 4])) < wide) & (rng.random() < 0.7))
        t[m] *= dark
    for _ in range(rng.integers(0, 7)):  # papers, books, cups, cables
        c = rng.uniform([-0.1 * w, -0.1 * h], [1.1 * w, 1.1 * h])
        col = hsv(rng.random(), rng.random() ** 1.5, rng.random())
        r = rng.uniform(0.03, 0.35) * w
        if rng.random() < 0.6:
            ang = rng.uniform(0, 2 * np.pi) + np.array([0, 1.4, 3.14, 4.5]) + rng.uniform(-0.3, 0.3, 4)
            q = c + r * np.stack([np.cos(ang), np.sin(ang) * rng.uniform(0.4, 1)], 1)
            cv2.fillPoly(t, [np.int32(q * 16)], col.tolist(), cv2.LINE_AA, 4)
            if rng.random() < 0.4:  # print
                for k in range(rng.integers(3, 16)):
                    s = 0.1 + 0.05 * k
                    a, b = q[0] + (q[3] - q[0]) * s, q[1] + (q[2] - q[1]) * s
                    a, b = a + (b - a) * 0.1, b + (a - b) * rng.uniform(0.1, 0.4)
                    cv2.line(t, tuple(np.int32(a).tolist()), tuple(np.int32(b).tolist()), (col * 0.4).tolist(), 1, cv2.LINE_AA)
        else:
            cv2.ellipse(t, tuple(np.int32(c).tolist()), (int(r * 0.6), int(r * rng.uniform(0.3, 0.6))),
                        rng.uniform(0, 180), 0, 360, col.tolist(), int(rng.choice([-1, -1, 3, 9])), cv2.LINE_AA)
    return t


class Camera:
    """A pinhole above the board's plane; (u, v) in column pitches."""

    def __init__(self, rng, n, aspect, w, h):
        side = max(w, h)
        f = side / (2 * np.tan(np.radians(rng.uniform(28, 80)) / 2))
        elev = np.radians(rng.uniform(24, 90) if rng.random() < 0.7 else rng.uniform(60, 90))
        azim = rng.uniform(0, 2 * np.pi)
        if rng.random() < 0.5:
            azim = rng.integers(0, 4) * np.pi / 2 + rng.normal(0, 0.12)
        size = np.array([n - 1, (n - 1) * aspect])
        mid = np.append(size / 2, 0)
        out = np.array([np.cos(elev) * np.cos(azim), np.cos(elev) * np.sin(azim), np.sin(elev)])
        fwd = -out
        right = np.array([-np.sin(azim), np.cos(azim), 0])
        # v runs down the board, so board axes (u, v, height) are left-handed.
        down = np.cross(right, fwd)
        if rng.random() < 0.5:
            a = rng.normal(0, 0.08)
            right, down = right * np.cos(a) + down * np.sin(a), down * np.cos(a) - right * np.sin(a)
        fill = rng.uniform(0.35, 1.0) if rng.random() < 0.85 else rng.uniform(0.9, 1.12)
        box = np.array([[0, 0, 0], [size[0], 0, 0], [size[0], size[1], 0], [0, size[1], 0]]) - mid
        lo, hi = n * 0.7, n * 60
        for _ in range(40):  # the distance at which the board fills that share
            dist = np.sqrt(lo * hi)
            z = box @ fwd + dist
            x, y = f * (box @ right) / np.maximum(z, 1e-3), f * (box @ down) / np.maximum(z, 1e-3)
            big = max(np.ptp(x) / w, np.ptp(y) / h) if z.min() > 0.05 * dist else 9
            lo, hi = (dist, hi) if big > fill else (lo, dist)
        room = max(0.0, 1 - fill) / 2 + 0.03
        shift = np.array([w, h]) * rng.uniform(-room, room, 2) - [(x.max() + x.min()) / 2, (y.max() + y.min()) / 2]
        c = np.array([(w - 1) / 2, (h - 1) / 2]) + shift
        self.m = np.stack([f * right + c[0] * fwd, f * down + c[1] * fwd, fwd])
        self.t = np.array([c[0], c[1], 1]) * dist - self.m @ mid
        self.aspect = aspect

    def at(self, u, v, z=0.0):
        """Pixels (…, 2) of board places; u, v count lines, z column pitches."""
        u, v, z = np.broadcast_arrays(np.asarray(u, float), np.asarray(v, float) * self.aspect, z)
        p = np.stack([u, v, z], -1) @ self.m.T + self.t
        return p[..., :2] / np.maximum(p[..., 2:], 1e-6)

    def depth(self, u, v):
        p = np.stack([u, np.asarray(v) * self.aspect, np.zeros_like(u)], -1) @ self.m.T + self.t
        return p[..., 2]

    def homography(self, px, margin):
        """Texture of px pixels a line pitch, margin lines around, to the picture."""
        a = np.array([[1 / px, 0, -margin], [0, 1 / px, -margin], [0, 0, 1]])
        h = np.stack([self.m[:, 0], self.m[:, 1] * self.aspect, self.t], 1)
        return h @ a


def poly(img, pts, colour):
    cv2.fillPoly(img, [np.int32(np.round(np.clip(pts, -4000, 4000) * 16))], [float(c) for c in np.ravel(colour)], cv2.LINE_AA, 4)


CIRCLE = np.stack([np.cos(np.linspace(0, 2 * np.pi, 20, False)), np.sin(np.linspace(0, 2 * np.pi, 20, False))], 1)


def board_texture(rng, n, px, margin):
    side = int((n - 1 + 2 * margin) * px)
    paper = rng.random() < 0.1
    colour = hsv(rng.uniform(0.03, 0.14), rng.uniform(0.15, 0.85), rng.uniform(0.35, 1))
    if paper:
        colour = hsv(rng.random(), rng.uniform(0, 0.15), rng.uniform(0.7, 1))
    elif rng.random() < 0.06:
        colour = hsv(rng.random(), rng.random() * 0.7, rng.uniform(0.2, 1))
    t = texture(rng, side, side, colour)
    wide = rng.uniform(0.025, 0.09) * px
    ink = rng.uniform(0.0, 0.55) if rng.random() < 0.8 else rng.uniform(0.5, 0.8)
    if rng.random() < 0.03:
        ink = rng.uniform(1.3, 2.0)
    lines = np.zeros((side, side), np.uint8)
    border = wide * (rng.uniform(1.3, 2.5) if rng.random() < 0.3 else 1)
    for i in range(n):
        q = (margin + i) * px
        for a, b in (((q, margin * px), (q, side - margin * px)), ((margin * px, q), (side - margin * px, q))):
            thick = border if i in (0, n - 1) else wide
            d = np.array([thick / 2, thick / 2])
            rect = np.array([np.minimum(a, b) - d, np.maximum(a, b) + d])
            cv2.rectangle(lines, tuple(np.int32(rect[0] * 16).tolist()), tuple(np.int32(rect[1] * 16).tolist()), 255, -1, cv2.LINE_AA, 4)
    if rng.random() < 0.9:
        for x in HOSHI[n]:
            for y in HOSHI[n]:
                if n == 9 and (x == 4) != (y == 4):
                    continue
                if n == 13 and (x == 6) != (y == 6) and rng.random() < 0.7:
                    continue
                c = (margin + np.array([x, y])) * px
                cv2.circle(lines, tuple(np.int32(c * 16).tolist()), int(rng.uniform(1.4, 2.2) * max(wide, 0.06 * px) * 16), 255, -1, cv2.LINE_AA, 4)
    if margin > 0.55 and rng.random() < 0.08:  # a second border
        g = rng.uniform(0.15, min(0.45, margin - 0.1)) * px
        a, b = margin * px - g, side - margin * px + g
        cv2.rectangle(lines, (int(a), int(a)), (int(b), int(b)), 255, max(1, int(wide)))
    t *= 1 - (1 - ink) * lines[..., None].astype(np.float32) / 255
    if rng.random() < 0.12:  # the seam of a folding board
        q = int(side / 2 + rng.choice([0, 0.03]) * px)
        s = slice(q, q + max(1, int(rng.uniform(0.03, 0.12) * px)))
        f = rng.uniform(0.3, 1.2)
        if rng.random() < 0.5:
            t[s] *= f
        else:
            t[:, s] *= f
    return t


def occupancy(rng, n):
    """(n, n) of 0 empty, 1 black, 2 white."""
    r = rng.random()
    share = 0 if r < 0.15 else rng.uniform(0, 0.15) if r < 0.35 else rng.uniform(0.1, 0.5) if r < 0.7 else rng.uniform(0.45, 0.92)
    field = noise(rng, n, n, (n / 3, n / 3)) + rng.uniform(0.2, 1.5) * rng.standard_normal((n, n))
    occ = field > np.quantile(field, 1 - share) if share > 0 else np.zeros((n, n), bool)
    col = noise(rng, n, n, (n / 3, n / 3)) + 0.6 * rng.standard_normal((n, n)) > rng.normal(0, 0.2)
    return occ * (1 + col)


def stones(rng, img, cam, n):
    look = {
        "radius": rng.uniform(0.42, 0.52), "thick": rng.uniform(0.12, 0.45),
        "black": hsv(rng.random(), rng.random() * 0.3, rng.uniform(0.03, 0.3)),
        "white": hsv(rng.uniform(0.05, 0.6), rng.random() * 0.12, rng.uniform(0.65, 1)),
    }
    if rng.random() < 0.05:
        look["black"] = hsv(rng.random(), 0.6, rng.uniform(0.2, 0.6))
    if rng.random() < 0.03:
        look["white"] = hsv(rng.random(), 0.6, rng.uniform(0.6, 0.9))
    occ = occupancy(rng, n)
    ys, xs = np.nonzero(occ)
    loose = rng.choice([0.03, 0.07, 0.15])
    places = [(x + rng.normal(0, loose), y + rng.normal(0, loose), occ[y, x]) for x, y in zip(xs, ys)]
    if rng.random() < 0.3:  # prisoners beside the board
        side, edge = rng.integers(0, 4), n + rng.uniform(0.3, 2)
        for _ in range(rng.integers(2, 40)):
            a, b = rng.normal(n / 2, n / 5), edge + abs(rng.normal(0, 1.5))
            x, y = [(a, b), (a, n - 1 - b), (b, a), (n - 1 - b, a)][side]
            places.append((x, y, rng.integers(1, 3)))
    if not places:
        return
    places = np.array(places)
    order = np.argsort(-cam.depth(places[:, 0], places[:, 1]))
    light = rng.normal(0, 1, 2)
    light /= np.linalg.norm(light) + 1e-6
    shadow = np.zeros(img.shape[:2], np.float32)
    length, r, t = rng.uniform(0, 0.5), look["radius"], look["thick"]
    for x, y, _ in places:
        c = np.array([x, y]) + light * length * np.array([1, 1])
        p = cam.at(c[0] + r * CIRCLE[:, 0], c[1] + r * CIRCLE[:, 1] / cam.aspect)
        poly(shadow, p, 1.0)
    cell = np.sqrt(abs(np.linalg.det(np.stack([cam.at(n / 2 + 1, n / 2) - cam.at(n / 2, n / 2), cam.at(n / 2, n / 2 + 1) - cam.at(n / 2, n / 2)]))))
    shadow = cv2.GaussianBlur(shadow, (0, 0), 0.3 + rng.uniform(0, 0.15) * cell)
    img *= (1 - rng.uniform(0, 0.6) * shadow)[..., None]
    gloss = rng.uniform(0, 0.9)
    for x, y, s in places[order]:
        base = look["black"] if s == 1 else look["white"]
        base = base * rng.uniform(0.9, 1.08)
        rings = [cam.at(x + k * r * CIRCLE[:, 0], y + k * r * CIRCLE[:, 1] / cam.aspect, z * t) for k, z in ((0.6, 0.05), (1, 0.5), (0.6, 0.95))]
        hull = cv2.convexHull(np.float32(np.concatenate(rings)))[:, 0]
        poly(img, hull, base * (0.75 if s == 2 else 0.9))
        top = rings[1] * 0.5 + rings[2] * 0.5
        poly(img, top + (rings[2].mean(0) - top.mean(0)) * 0.4 - light * 0.06 * cell, np.minimum(base * (1.05 if s == 2 else 1.25) + 4, 255))
        if gloss > 0.3:
            spot = rings[2].mean(0) - light * 0.15 * cell + CIRCLE * 0.12 * cell
            poly(img, spot, base + (255 - base) * (gloss - 0.3))


def hand(rng, img, cam, n):
    skin = hsv(rng.uniform(0.01, 0.09), rng.uniform(0.2, 0.6), rng.uniform(0.3, 0.95))
    cloth = hsv(rng.random(), rng.random() ** 1.5, rng.random())
    tip = rng.uniform(-1, n, 2)
    p = cam.at(*tip, 0.8)
    cell = np.linalg.norm(cam.at(n / 2 + 1, n / 2) - cam.at(n / 2, n / 2)) + 1
    a = rng.uniform(0, 2 * np.pi)
    d = np.array([np.cos(a), np.sin(a)])
    wrist = p + d * cell * rng.uniform(3, 5)
    elbow = wrist + d * cell * 25 + rng.normal(0, 3 * cell, 2)
    pt = lambda q: tuple(int(v) for v in np.clip(q, -9000, 9000))
    cv2.line(img, pt(wrist), pt(elbow), cloth.tolist(), int(min(400, cell * rng.uniform(2.0, 3.5))), cv2.LINE_AA)
    cv2.ellipse(img, (pt(p + d * cell * 2.6), (cell * 3.4, cell * 2.2), np.degrees(a)), skin.tolist(), -1, cv2.LINE_AA)
    for k in range(4):
        f = p + np.array([-d[1], d[0]]) * cell * (k - 1.5) * 0.5 + rng.normal(0, 0.2 * cell, 2) - d * rng.uniform(-0.6, 0.3) * cell
        cv2.line(img, pt(p + d * cell * 2), pt(f), (skin * rng.uniform(0.85, 1.05)).tolist(), max(1, int(cell * 0.5)), cv2.LINE_AA)


def scene(rng, long_side=448):
    """Returns picture (uint8 BGR), dict(size, corners 4×2, k1).

    Corners are the corner crossings in pixels of the picture, clockwise from
    the top left of the board's own reading direction.
    """
    ratio = rng.choice([4 / 3, 16 / 9, 3 / 4, 1, 3 / 2], p=[0.3, 0.35, 0.15, 0.1, 0.1])
    w = int(long_side * min(1, ratio))
    h = int(long_side * min(1, 1 / ratio))
    ss = 1.3  # supersampling
    W, H = int(w * ss), int(h * ss)
    n = int(rng.choice([9, 13, 19], p=[0.25, 0.2, 0.55]))
    shown = n
    aspect = rng.choice([1.0, 23.7 / 22.0, 22.0 / 23.7], p=[0.3, 0.5, 0.2])
    cam = Camera(rng, n, aspect, W, H)
    img = table(rng, H, W)
    margin = rng.uniform(0.35, 1.1) if rng.random() < 0.85 else rng.uniform(1, 2.5)
    window = n != 19 and rng.random() < 0.12  # part of a larger board, the rest under paper
    if window:
        shown = 19
    edge = [(-margin, -margin), (shown - 1 + margin, -margin), (shown - 1 + margin, shown - 1 + margin), (-margin, shown - 1 + margin)]
    e = np.array(edge)
    thick = rng.choice([0, 0.2, 0.6, 1.5, 4], p=[0.25, 0.2, 0.25, 0.2, 0.1]) * n / 19
    side = hsv(rng.uniform(0.03, 0.14), rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.9))
    shade = np.zeros((H, W), np.float32)
    drop = rng.normal(0, 0.5, 2)
    poly(shade, cam.at(e[:, 0] + drop[0], e[:, 1] + drop[1], -thick), 1.0)
    shade = cv2.GaussianBlur(shade, (0, 0), rng.uniform(1, 12))
    img *= (1 - rng.uniform(0, 0.7) * shade)[..., None]
    if thick > 0:
        top, low = cam.at(e[:, 0], e[:, 1]), cam.at(e[:, 0], e[:, 1], -thick)
        faces = sorted(range(4), key=lambda i: -cam.depth(e[[i, (i + 1) % 4], 0], e[[i, (i + 1) % 4], 1]).sum())
        for i in faces:
            j = (i + 1) % 4
            poly(img, np.array([top[i], top[j], low[j], low[i]]), side * rng.uniform(0.4, 1.1))
    px = 30 if shown > 13 else 44
    t = board_texture(rng, shown, px, margin)
    # Blur the texture by what one picture pixel covers, instead of mip-maps.
    cell = np.sqrt(abs(np.linalg.det(np.stack([cam.at(n / 2 + 1, n / 2) - cam.at(n / 2, n / 2), cam.at(n / 2, n / 2 + 1) - cam.at(n / 2, n / 2)]))))
    shrink = px / max(cell, 1)
    if shrink > 1.2:
        t = cv2.GaussianBlur(t, (0, 0), 0.4 * shrink)
    hom = cam.homography(px, margin)
    warped = cv2.warpPerspective(t, hom, (W, H), flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.ones(t.shape[:2], np.float32), hom, (W, H), flags=cv2.INTER_LINEAR)[..., None]
    img = img * (1 - mask) + warped * mask
    if window:  # paper beyond the window
        col = hsv(rng.random(), rng.random() * 0.1, rng.uniform(0.6, 1))
        g = n - 1 + rng.uniform(0.15, 0.85, 2)
        far = 24
        poly(img, cam.at([g[0], far, far, g[0]], [-3, -3, far, far]), col)
        poly(img, cam.at([-3, far, far, -3], [g[1], g[1], far, far]), col * rng.uniform(0.9, 1.05))
    stones(rng, img, cam, n)
    for _ in range(int(rng.choice([0, 0, 1, 1, 2, 3]))):  # bowls
        c, r = rng.uniform(-0.45 * n, 1.45 * n, 2), rng.uniform(2, 4.5) * n / 19 * (1.5 if n < 19 else 1)
        if -r - 1 < c[0] < n + r and -r - 1 < c[1] < n + r:
            continue
        col = hsv(rng.uniform(0.02, 0.1), rng.uniform(0.2, 0.9), rng.uniform(0.1, 0.7))
        inner = rng.uniform(20, 240)
        for z, k, cc in ((0, 0.9, col * 0.6), (1, 1, col * 0.8), (2, 0.95, col), (2, 0.8, np.full(3, inner, np.float32))):
            poly(img, cam.at(c[0] + k * r * CIRCLE[:, 0], c[1] + k * r * CIRCLE[:, 1], z), cc)
        for _ in range(rng.integers(0, 40)):
            q = c + r * 0.6 * rng.uniform(-1, 1, 2)
            poly(img, cam.at(q[0] + 0.45 * CIRCLE[:, 0], q[1] + 0.45 * CIRCLE[:, 1], 2), np.full(3, np.clip(inner + rng.normal(0, 25), 0, 255)))
    for _ in range(int(rng.choice([0, 1, 2], p=[0.78, 0.18, 0.04]))):
        hand(rng, img, cam, n)
    # Light: a slope, hard and soft shadows, sun patches, glare, a tint.
    yy, xx = np.mgrid[:H, :W].astype(np.float32)
    a = rng.uniform(0, 2 * np.pi)
    lit = 1 + rng.uniform(0, 0.6) * ((xx / W - 0.5) * np.cos(a) + (yy / H - 0.5) * np.sin(a))
    for _ in range(int(rng.choice([0, 0, 0, 1, 2]))):
        s = np.zeros((H, W), np.float32)
        poly(s, rng.uniform([-0.3 * W, -0.3 * H], [1.3 * W, 1.3 * H], (rng.integers(3, 6), 2)), 1.0)
        s = cv2.GaussianBlur(s, (0, 0), rng.uniform(0.7, 25))
        lit *= 1 + rng.uniform(-0.6, 0.6) * s
    img *= lit[..., None]
    for _ in range(int(rng.choice([0, 0, 1, 3]))):
        s = np.zeros((H, W), np.float32)
        c = rng.uniform([0, 0], [W, H])
        cv2.ellipse(s, tuple(np.int32(c).tolist()), tuple(np.int32(rng.uniform(0.01, 0.12, 2) * W).tolist()), rng.uniform(0, 180), 0, 360, 1.0, -1)
        s = cv2.GaussianBlur(s, (0, 0), rng.uniform(1, 0.05 * W))
        img += rng.uniform(20, 200) * s[..., None]
    if rng.random() < 0.5:
        img *= np.float32(np.exp(rng.normal(0, 0.12 if rng.random() < 0.85 else 0.5, 3)))
    img = img * rng.uniform(0.5, 1.25)
    img = 255 * (np.clip(img, 0, 255) / 255) ** rng.uniform(0.7, 1.4)
    corners = cam.at([0, n - 1, n - 1, 0], [0, 0, n - 1, n - 1])
    k1 = float(rng.normal(0, 0.05)) if rng.random() < 0.7 else float(rng.uniform(-0.2, 0.08))
    seen = np.stack([xx, yy], -1)
    src = np.float32(undistort(seen, k1, W, H))
    img = cv2.remap(img, src[..., 0], src[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    corners = distort(corners, k1, W, H)
    img = cv2.resize(img, (w, h), interpolation=cv2.INTER_AREA)
    corners = (corners + 0.5) * [w / W, h / H] - 0.5
    if rng.random() < 0.4:
        img = cv2.GaussianBlur(img, (0, 0), rng.uniform(0.3, 1.3))
    img = img + rng.uniform(0, 7) * rng.standard_normal(img.shape, np.float32)
    img = np.uint8(np.clip(img, 0, 255))
    if rng.random() < 0.4:
        img = cv2.imdecode(cv2.imencode(".jpg", img, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 90))])[1], 1)
    return img, {"size": n, "corners": corners.tolist(), "k1": k1}


if __name__ == "__main__":  # scenes.py OUT SEED COUNT: a pool of pictures and truth.json
    import json, os, sys

    cv2.setNumThreads(1)
    out, seed, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.makedirs(out, exist_ok=True)
    truth = []
    for i in range(count):
        im, t = scene(np.random.default_rng([seed, i]))
        t["file"] = f"{i:05d}.jpg"
        cv2.imwrite(os.path.join(out, t["file"]), im, [cv2.IMWRITE_JPEG_QUALITY, 95])
        truth.append(t)
        if i % 100 == 99 or i == count - 1:
            with open(os.path.join(out, "truth.json.tmp"), "w") as f:
                json.dump(truth, f)
            os.replace(os.path.join(out, "truth.json.tmp"), os.path.join(out, "truth.json"))
