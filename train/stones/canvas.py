"""The geometry of internal/grid/ and the canvas of vision/stones_canvas.go, in numpy.

A canvas shows a board from straight above at half the height of a stone, CELL
pixels per line, RING blocks beyond the outermost crossings; pixel CELL/2 of a
block is the crossing. It is turned so that what is high appears further up.
"""
import cv2
import numpy as np

CELL, RING, HEIGHT = 12, 2, 0.2

cv2.setNumThreads(1)


class Grid:
    """grid.Grid: pose and lens of a board, from its corners (4×2, pixels)."""

    def __init__(self, size, wh, corners, k1=0.0, aspect=1.0, focal=0.0):
        self.size, self.wh, self.k1, self.aspect = size, wh, k1, aspect
        self.corners = np.asarray(corners, float)
        self.centre = np.array([(wh[0] - 1) / 2, (wh[1] - 1) / 2])
        self.half = np.hypot(*wh) / 2
        n = size - 1
        src = np.float32([[0, 0], [n, 0], [n, n], [0, n]]).astype(float)
        self.h = self._homography(src, self.undistort(self.corners))
        self._pose(focal)

    @staticmethod
    def _homography(src, dst):
        a, b = [], []
        for (x, y), (u, v) in zip(src, dst):
            a += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
            b += [u, v]
        return np.append(np.linalg.solve(np.array(a), np.array(b)), 1).reshape(3, 3)

    def undistort(self, p):
        d = np.asarray(p, float) - self.centre
        r2 = (d ** 2).sum(-1, keepdims=True) / self.half ** 2
        return self.centre + d * (1 + self.k1 * r2)

    def distort(self, p):
        if self.k1 == 0:
            return p
        d = p - self.centre
        ru = np.sqrt((d ** 2).sum(-1, keepdims=True)) / self.half + 1e-12
        r, k = ru.copy(), self.k1
        fold = np.sqrt(-1 / (3 * k)) if k < 0 else np.inf
        r = np.minimum(r, fold * .999)
        for _ in range(12):
            r = r - (r * (1 + k * r * r) - ru) / (1 + 3 * k * r * r)
        r = np.where(ru >= fold * 2 / 3, fold, r)
        return self.centre + d * r / ru

    def _pose(self, focal):
        c = self.centre
        h = self.h
        c1 = np.array([h[0, 0] - c[0] * h[2, 0], h[1, 0] - c[1] * h[2, 0], h[2, 0]])
        c2 = np.array([h[0, 1] - c[0] * h[2, 1], h[1, 1] - c[1] * h[2, 1], h[2, 1]]) / self.aspect
        side = max(self.wh)
        f = focal
        if not f:
            scale = (c1[:2] @ c1[:2] + c2[:2] @ c2[:2]) / 2
            m1, w1 = c1[:2] @ c2[:2] / scale, c1[2] * c2[2] * side ** 2 / scale
            m2 = (c1[:2] @ c1[:2] - c2[:2] @ c2[:2]) / (2 * scale)
            w2 = (c1[2] ** 2 - c2[2] ** 2) * side ** 2 / (2 * scale)
            q = (.01 - m1 * w1 - m2 * w2) / (.01 + m1 * m1 + m2 * m2)
            f = side / np.sqrt(np.clip(q, 1 / 16, 4))
        self.focal = f
        r1, r2 = c1 / [f, f, 1], c2 / [f, f, 1]
        n = np.cross(r1, r2)
        n *= -np.sqrt(np.linalg.norm(r1) * np.linalg.norm(r2)) / np.linalg.norm(n)
        self.up = np.array([f * n[0] + c[0] * n[2], f * n[1] + c[1] * n[2], n[2]])

    def at(self, u, v, height):
        p = np.stack([u, v, np.ones_like(u)], -1) @ self.h.T + np.asarray(height)[..., None] * self.up
        return self.distort(p[..., :2] / p[..., 2:])

    def board(self, p):
        q = self.undistort(p)
        b = np.concatenate([q, np.ones(q.shape[:-1] + (1,))], -1) @ np.linalg.inv(self.h).T
        return b[..., :2] / b[..., 2:]

    def lean(self):
        """How far one column pitch of height moves things at each point, in lines: size×size×2."""
        v, u = np.mgrid[0:self.size, 0:self.size].astype(float)
        return (self.board(self.at(u, v, np.float64(.4))) - np.stack([u, v], -1)) / .4

    def rotated(self, q):
        return Grid(self.size, self.wh, np.roll(self.corners, -q, 0), self.k1, self.aspect if q % 2 == 0 else 1 / self.aspect, self.focal)

    def turns(self):
        """Quarter turns after which what is high appears further up."""
        m = (self.size - 1) / 2
        d = self.board(self.at(np.array(m), np.array(m), np.float64(.4))) - m
        # Turning by q quarters makes the direction (dx, dy) appear turned back by q·90°.
        best = [(-d[1]), (d[0]), (d[1]), (-d[0])]
        return int(np.argmax(best))


def turn_rows(rows, q):
    """A position (n×n array) as seen after q quarter turns of the viewer clockwise."""
    return np.rot90(rows, q)


def canvas(img, g):
    """The canvas of a picture: side×side×3, uint8."""
    blocks = g.size + 2 * RING
    side = blocks * CELL
    m = (g.size - 1) / 2
    d = g.at(np.array([m, m + 1, m]), np.array([m, m, m + 1]), np.float64(HEIGHT))
    step = np.sqrt(abs(np.cross(d[1] - d[0], d[2] - d[0]))) / CELL
    sub = int(np.clip(round(step), 1, 4))
    k = (np.arange(side * sub) + .5) / sub - .5
    u = k / CELL - RING - .5
    nodes = np.arange(blocks * 2 + 1) / 2 - RING - .5
    vv, uu = np.meshgrid(nodes, nodes, indexing='ij')
    p = g.at(uu, vv, np.float64(HEIGHT)).astype(np.float32)
    p = np.clip(np.nan_to_num(p), -1e5, 1e5)
    # linear interpolation of the nodes, half a cell apart
    t = (u + RING + .5) * 2
    i = np.clip(np.floor(t).astype(int), 0, blocks * 2 - 1)
    f = (t - i).astype(np.float32)
    rows = p[i] * (1 - f)[:, None, None] + p[i + 1] * f[:, None, None]
    full = rows[:, i] * (1 - f)[None, :, None] + rows[:, i + 1] * f[None, :, None]
    out = cv2.remap(img, full[..., 0], full[..., 1], cv2.INTER_LINEAR if sub == 1 else cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    if sub > 1:
        out = cv2.resize(out, (side, side), interpolation=cv2.INTER_AREA)
    return out


def mirrored(c, *rest):
    """A canvas, its leans and whatever else is by crossing, in a mirror. Pixel 6 of 12
    is the crossing, so the picture moves by one."""
    c = c[:, ::-1]
    return np.concatenate([c[:, :1], c[:, :-1]], 1), *[v[:, ::-1] for v in rest]
