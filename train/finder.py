"""Trains the two small networks of the board finder and writes them as ONNX.

    finder.py coarse|fine OUT.onnx --minutes M [--photos DIR|none] [--hold GROUPS] POOL…

`coarse` looks at the whole picture, about 49,000 pixels of it, and answers at
a quarter of that size where the grid is and where its corners are. `fine`
looks at the board taken flat by a rough quadrilateral, 320×320, and answers
where the crossings are, which of them lie on the border and which are corners.
A POOL is a directory with truth.json as written by scenes.py or the renderer.
"""

import argparse
import json
import os
import time

import cv2
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import scenes

SHAPES = [(256, 192), (304, 160), (192, 256), (224, 224), (272, 176)]  # width, height; multiples of 16
FLAT, EDGE = 320, 40  # side of the flat view, and what lies around the rough board in it


def block(i, o, stride=1, dilation=1):
    return nn.Sequential(nn.Conv2d(i, o, 3, stride, dilation, dilation, bias=False), nn.BatchNorm2d(o), nn.ReLU(True))


class Coarse(nn.Module):
    """2 channels of logits at stride 4: inside the grid, near a corner crossing."""

    def __init__(self):
        super().__init__()
        self.a = nn.Sequential(block(3, 12, 2), block(12, 20, 2), block(20, 20))
        self.b = nn.Sequential(block(20, 32, 2), block(32, 32), block(32, 32))
        self.c = nn.Sequential(block(32, 40, 2), block(40, 40, 1, 2), block(40, 40, 1, 4), block(40, 40, 1, 2))
        self.cb, self.ba = nn.Conv2d(40, 32, 1), nn.Conv2d(32, 20, 1)
        self.b2, self.a2 = block(32, 32), block(20, 20)
        self.head = nn.Conv2d(20, 2, 1)

    def forward(self, x):
        a = self.a(x)
        b = self.b(a)
        c = self.c(b)
        b = self.b2(b + F.interpolate(self.cb(c), scale_factor=2, mode="nearest"))
        a = self.a2(a + F.interpolate(self.ba(b), scale_factor=2, mode="nearest"))
        return self.head(a)


class Fine(nn.Module):
    """13 channels of logits at stride 4: crossing, border crossing and corner
    crossing, each as 2×2 pixels of stride 2 (row by row), and inside the grid."""

    def __init__(self):
        super().__init__()
        self.a = nn.Sequential(block(3, 10, 2), block(10, 20, 2), block(20, 20))
        self.b = nn.Sequential(block(20, 32, 2), block(32, 32, 1, 2), block(32, 32, 1, 4), block(32, 32))
        self.ba = nn.Conv2d(32, 20, 1)
        self.a2 = nn.Sequential(block(20, 24), block(24, 24))
        self.head = nn.Conv2d(24, 13, 1)

    def forward(self, x):
        a = self.a(x)
        b = self.b(a)
        return self.head(self.a2(a + F.interpolate(self.ba(b), scale_factor=2, mode="nearest")))


class Picture:
    """A picture in memory with its truth; `k1` is unknown (0) for photographs."""

    def __init__(self, path, size, corners, k1, longest):
        im = cv2.imread(path)
        s = min(1.0, longest / max(im.shape[:2]))
        h, w = im.shape[:2]
        self.img = cv2.resize(im, (round(w * s), round(h * s)), interpolation=cv2.INTER_AREA) if s < 1 else im
        h1, w1 = self.img.shape[:2]
        self.corners = (np.array(corners, float) + 0.5) * [w1 / w, h1 / h] - 0.5
        self.size, self.k1 = size, k1
        und = scenes.undistort(self.corners, k1, w1, h1)
        n = size - 1
        self.h = cv2.getPerspectiveTransform(np.float32([[0, 0], [n, 0], [n, n], [0, n]]), np.float32(und)).astype(float)

    def at(self, uv):
        h, w = self.img.shape[:2]
        p = np.append(uv, np.ones((len(uv), 1)), 1) @ self.h.T
        return scenes.distort(p[:, :2] / p[:, 2:], self.k1, w, h)

    def outline(self):
        n, t = self.size - 1, np.linspace(0, self.size - 1, 9)[:-1]
        z = np.zeros_like(t)
        return self.at(np.concatenate([np.stack(p, 1) for p in ((t, z), (z + n, t), (n - t, z + n), (z, n - t))]))


def pool(path, longest):
    """The pictures of a pool by their boards' size."""
    with open(os.path.join(path, "truth.json")) as f:
        pics = [Picture(os.path.join(path, t["file"]), t["size"], t["corners"], lens(t), longest) for t in json.load(f)]
    return {n: [p for p in pics if p.size == n] for n in (9, 13, 19)}


def lens(t):
    """The lens term as package grid has it. The renderer's stretches pinhole
    rays by 1 + k1·r², r in focal lengths; to first order that is its inverse."""
    k1 = t.get("k1", 0)
    if "hfov" in t:  # 16:9
        return -k1 * (np.hypot(1, 9 / 16) * np.tan(np.radians(t["hfov"]) / 2)) ** 2
    return k1


def photographs(path, longest, hold):
    """Photographs by scene, without those groups (kept); one of each scene of those groups (held)."""
    with open(os.path.join(path, "manifest.json")) as f:
        rows = json.load(f)
    kept, held = {}, {}
    for r in rows:
        out = r["group"] in hold or "all" in hold
        if out and r["scene"] in held:
            continue
        p = Picture(os.path.join(path, r["file"]), r["board_size"], r["corners"], 0, longest)
        (held if out else kept).setdefault(r["scene"], []).append(p)
    return list(kept.values()), [h[0] for h in held.values()]


def colours(rng, im):
    """Another light, camera and sensor; something may lie in front."""
    level = np.arange(256, dtype=np.float32)[:, None] * np.exp(rng.normal(0, 0.12, 3) + rng.normal(0, 0.25))
    level = 255 * (np.clip(level, 0, 255) / 255) ** np.exp(rng.normal(0, 0.2))
    im = cv2.LUT(im, np.uint8(level)[:, None])
    if rng.random() < 0.1:
        im = cv2.cvtColor(cv2.cvtColor(im, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    if rng.random() < 0.25:
        im = cv2.GaussianBlur(im, (0, 0), rng.uniform(0.4, 1.2))
    if rng.random() < 0.4:
        im = np.uint8(np.clip(im + rng.uniform(0, 8) * rng.standard_normal(im.shape, np.float32), 0, 255))
    if rng.random() < 0.3:
        h, w = im.shape[:2]
        for _ in range(rng.integers(1, 4)):
            x, y = rng.integers(0, w), rng.integers(0, h)
            a, b = rng.integers(4, w // 5), rng.integers(4, h // 5)
            im[y : y + b, x : x + a] = rng.uniform(0, 255, 3)
    return im


def tensor(ims):
    return torch.from_numpy(np.stack(ims).transpose(0, 3, 1, 2).astype(np.float32, order="C") / 127.5 - 1)


def coarse_sample(rng, p, shape, plain=False):
    w, h = shape
    H, W = p.img.shape[:2]
    s = min(w / W, h / H)
    a, mirror = 0.0, 1
    mid = np.array([W / 2, H / 2])
    if not plain:
        box = p.corners.mean(0)
        reach = np.abs(p.corners - box).max()
        s = rng.uniform(0.8, 1.15) * s if rng.random() < 0.5 else min(w, h) * rng.uniform(0.3, 0.95) / (2 * reach)
        a = rng.normal(0, 0.15) + (rng.integers(0, 4) * np.pi / 2 if rng.random() < 0.4 else 0)
        if rng.random() < 0.15:
            a = rng.uniform(0, 2 * np.pi)
        mirror = rng.choice([-1, 1])
        mid = box + (mid - box) * min(1, rng.uniform(0, 1.3)) + rng.normal(0, 0.05, 2) * [w / s, h / s]
    r = s * np.array([[np.cos(a) * mirror, -np.sin(a)], [np.sin(a) * mirror, np.cos(a)]])
    m = np.append(r, (np.array([w / 2, h / 2]) - r @ mid)[:, None], 1)
    src = p.img
    if s < 0.7:
        src = cv2.GaussianBlur(src, (0, 0), 0.35 / s)
    im = cv2.warpAffine(src, m, (w, h), flags=cv2.INTER_LINEAR, borderMode=rng.choice([cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE]))
    to = lambda q: ((q @ r.T + m[:, 2]) + 0.5) / 4 - 0.5
    mask = np.zeros((h // 4, w // 4), np.float32)
    scenes.poly(mask, to(p.outline()), 1.0)
    yy, xx = np.mgrid[: h // 4, : w // 4]
    heat = np.zeros_like(mask)
    for x, y in to(p.corners):
        heat = np.maximum(heat, np.exp(-((xx - x) ** 2 + (yy - y) ** 2) / (2 * 1.2**2)))
    return im if plain else colours(rng, im), np.stack([mask, heat])


def fine_sample(rng, p, side=FLAT, plain=False):
    """A square of side × side pixels out of the flat view, anywhere in it."""
    n = p.size - 1
    off = rng.choice([0.01, 0.025, 0.06], p=[0.4, 0.4, 0.2]) * (0.5 if plain else 1)
    want = np.array([[0, 0], [n, 0], [n, n], [0, n]]) + n * (rng.normal(0, off, (4, 2)) + rng.normal(0, off / 2, 2))
    quad = p.at(want)
    quad = np.roll(quad, 0 if plain else rng.integers(0, 4), 0)
    if not plain and rng.random() < 0.5:
        quad = quad[::-1]
    x0, y0 = rng.integers(0, (FLAT - side) // 8 + 1, 2) * 8
    lo, hi = EDGE, FLAT - EDGE
    square = np.float32([[lo, lo], [hi, lo], [hi, hi], [lo, hi]]) - np.float32([x0, y0])
    view = cv2.getPerspectiveTransform(np.float32(quad), square).astype(float)
    # Averaged to the view's scale first, so that nothing is skipped.
    shrink = np.sqrt(cv2.contourArea(np.float32(quad))) / (hi - lo)
    src, pre = p.img, np.eye(3)
    if shrink > 1.3:
        h0, w0 = src.shape[:2]
        src = cv2.resize(src, (max(1, round(w0 * 1.15 / shrink)), max(1, round(h0 * 1.15 / shrink))), interpolation=cv2.INTER_AREA)
        sx, sy = src.shape[1] / w0, src.shape[0] / h0
        pre = np.array([[sx, 0, sx / 2 - 0.5], [0, sy, sy / 2 - 0.5], [0, 0, 1]])
    im = cv2.warpPerspective(src, view @ np.linalg.inv(pre), (side, side), flags=cv2.INTER_LINEAR)
    H, W = p.img.shape[:2]
    u, v = [a.ravel() for a in np.meshgrid(np.arange(p.size), np.arange(p.size))]
    seen = p.at(np.stack([u, v], 1).astype(float))
    q = np.append(seen, np.ones((len(seen), 1)), 1) @ view.T
    q = (q[:, :2] / q[:, 2:] + 0.5) / 2 - 0.5
    border = (u % n == 0).astype(int) + (v % n == 0)
    half = side // 2
    out = np.zeros((3, half, half), np.float32)
    weight = np.ones((1, half, half), np.float32)
    dy, dx = np.mgrid[-4:5, -4:5]
    near = np.round(q).astype(int)
    xx, yy = near[:, 0, None, None] + dx, near[:, 1, None, None] + dy
    in_view = (xx >= 0) & (yy >= 0) & (xx < half) & (yy < half)
    in_picture = ((seen > -2) & (seen < [W + 1, H + 1])).all(1)
    g = np.exp(-((xx - q[:, 0, None, None]) ** 2 + (yy - q[:, 1, None, None]) ** 2) / (2 * 1.2**2)).astype(np.float32)
    for c in range(3):
        m = in_view & (in_picture & (border >= c))[:, None, None]
        np.maximum.at(out[c], (yy[m], xx[m]), g[m])
    m = in_view & ~in_picture[:, None, None]
    weight[0, yy[m], xx[m]] = 0
    quarter = side // 4
    mask = np.zeros((quarter, quarter), np.float32)
    o = np.append(p.outline(), np.ones((32, 1)), 1) @ view.T
    scenes.poly(mask, (o[:, :2] / o[:, 2:] + 0.5) / 4 - 0.5, 1.0)
    split = lambda a: a.reshape(len(a), quarter, 2, quarter, 2).transpose(0, 2, 4, 1, 3).reshape(-1, quarter, quarter)
    y = np.concatenate([split(out), mask[None]])
    w = np.concatenate([np.repeat(split(weight), 3, 0), np.ones_like(mask)[None]])
    return im if plain else colours(rng, im), np.concatenate([y, w])


def loss_coarse(out, y):
    w = torch.ones_like(y)
    w[:, 1] += 15 * y[:, 1]
    return F.binary_cross_entropy_with_logits(out, y, w)


def loss_fine(out, y):
    y, w = y[:, :13], y[:, 13:].clone()
    w[:, :4] *= 1 + 4 * y[:, :4]
    w[:, 4:12] *= 1 + 8 * y[:, 4:12]
    w[:, 12] *= 2
    return F.binary_cross_entropy_with_logits(out, y, w)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("net", choices=["coarse", "fine"])
    ap.add_argument("out")
    ap.add_argument("--minutes", type=float, default=10)
    ap.add_argument("--steps", type=int, default=0, help="end after so many steps instead, for the same weights again")
    ap.add_argument("--photos", default="none")
    ap.add_argument("--hold", default="", help="groups of photographs to keep for validation, comma separated; all")
    ap.add_argument("--start", help="weights (.pt) to go on from")
    ap.add_argument("--rate", type=float, default=3e-3)
    ap.add_argument("--batch", type=int, default=8)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--share", type=float, default=0.25, help="share of photographs among the samples")
    ap.add_argument("pools", nargs="+")
    a = ap.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(a.seed)
    rng = np.random.default_rng(a.seed)
    longest = 448 if a.net == "coarse" else 800
    pools = [pool(p, longest) for p in a.pools]
    kept, held = photographs(a.photos, longest, a.hold.split(",")) if a.photos != "none" else ([], [])
    net = Coarse() if a.net == "coarse" else Fine()
    if a.start:
        net.load_state_dict(torch.load(a.start))
    print(f"{sum(p.numel() for p in net.parameters())} weights; pools {[sum(map(len, p.values())) for p in pools]}, scenes of photographs {len(kept)} + {len(held)} held", flush=True)
    opt = torch.optim.AdamW(net.parameters(), a.rate, weight_decay=1e-4)
    lossf = loss_coarse if a.net == "coarse" else loss_fine
    begun, step, run = time.time(), 0, 0.0
    while True:
        done = step / a.steps if a.steps else (time.time() - begun) / (60 * a.minutes)
        if done >= 1:
            break
        for g in opt.param_groups:
            g["lr"] = a.rate * min(1, (step + 1) / 50) * (0.5 + 0.5 * np.cos(np.pi * done)) + 1e-5
        shape = SHAPES[rng.integers(0, len(SHAPES))]
        xs, ys = [], []
        for _ in range(a.batch):
            if kept and rng.random() < a.share:
                some = kept[rng.integers(0, len(kept))]
                p = some[rng.integers(0, len(some))]
            else:
                size = rng.choice([9, 13, 19], p=[0.3, 0.25, 0.45])
                # A small pool is seen less than a large one, but its pictures more often.
                weight = np.sqrt([len(q[size]) for q in pools])
                some = pools[rng.choice(len(pools), p=weight / weight.sum())][size]
                p = some[rng.integers(0, len(some))]
            x, y = coarse_sample(rng, p, shape) if a.net == "coarse" else fine_sample(rng, p, 192)
            xs.append(x)
            ys.append(y)
        net.train()
        l = lossf(net(tensor(xs)), torch.from_numpy(np.stack(ys)).float())
        opt.zero_grad()
        l.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5)
        opt.step()
        run = l.item() if step == 0 else 0.98 * run + 0.02 * l.item()
        step += 1
        if step % 200 == 0:
            msg = ""
            if held:
                net.eval()
                vr, v = np.random.default_rng(0), []
                with torch.no_grad():
                    for p in held:
                        H, W = p.img.shape[:2]
                        k = np.sqrt(49152 / (W * H))
                        x, y = coarse_sample(vr, p, (round(W * k / 16) * 16, round(H * k / 16) * 16), True) if a.net == "coarse" else fine_sample(vr, p, FLAT, True)
                        v.append(lossf(net(tensor([x])), torch.from_numpy(y[None]).float()).item())
                msg = f" held {np.mean(v):.4f} median {np.median(v):.4f}"
            print(f"step {step} {time.time() - begun:.0f} s loss {run:.4f}{msg}", flush=True)
            save(net, a)
    save(net, a)


def save(net, a):
    net.eval()
    torch.save(net.state_dict(), os.path.splitext(a.out)[0] + ".pt")
    x = torch.zeros(1, 3, 192, 256) if a.net == "coarse" else torch.zeros(1, 3, FLAT, FLAT)
    torch.onnx.export(net, x, a.out, opset_version=11, input_names=["picture"], output_names=["logits"],
                      dynamic_axes={"picture": {2: "h", 3: "w"}} if a.net == "coarse" else None)


if __name__ == "__main__":
    main()
