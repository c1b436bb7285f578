#!/usr/bin/python3
"""Writes trained weights as vision/stones_net.go reads them, and a fixture to test it with.

    ./export.py net.pt SCALE DOUBT VEIL ../../vision/stones_net.bin ../../vision/testdata/stones_net.json

SCALE, DOUBT and VEIL make the chances honest; calibrate.py finds them. The fixture
holds what the network says of a canvas of noise.
"""
import json
import sys

import numpy as np
import torch

from net import load, packed, relative, wood


def noise(n):
    """A canvas of noise that Go can make too: a linear congruential generator."""
    side = (n + 4) * 12
    v, out = 12345, np.empty(side * side * 3, np.uint8)
    for i in range(len(out)):
        v = (v * 1664525 + 1013904223) % 2 ** 32
        out[i] = v >> 24
    # coarse in places, so that not all is grey to the network
    out = out.reshape(side, side, 3)
    big = np.kron(out[::12, ::12], np.ones((12, 12, 1), np.uint8))
    return ((out.astype(int) + 3 * big.astype(int)) // 4).astype(np.uint8)


def main():
    net = load(sys.argv[1])
    np.concatenate([packed(net), np.array([float(v) for v in sys.argv[2:5]])]).astype('<f4').tofile(sys.argv[5])
    n = 5
    c = noise(n)
    lean = np.stack([np.full((n, n), .25), np.linspace(-1.5, 0, n * n).reshape(n, n)], -1).astype(np.float32)
    with torch.no_grad():
        a, _, b = net(torch.from_numpy(relative(c, wood(c, n))[None]).float(), torch.from_numpy(lean.transpose(2, 0, 1)[None]))
    json.dump(dict(size=n, wood=[float(v) for v in wood(c, n)], first=[round(float(v), 6) for v in a.ravel()], last=[round(float(v), 6) for v in b.ravel()]), open(sys.argv[6], 'w'))


if __name__ == '__main__':
    main()
