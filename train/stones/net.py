"""The network that reads stones, as vision/net.go computes it.

Input: a canvas as logarithms relative to the board's wood, three channels.
near:  5×5 stride 2, 3→C1; 3×3 stride 2, C1→C2; 5×5 stride 3, C2→C3: one vector
       per crossing, from 25×25 pixels around it.
wide:  3×3 over crossings plus the lean (how far height displaces things), C3→C4.
Then a first opinion; from it what empty, black and white look like on this very
board (prototypes); then the second opinion, from the vector and how it differs
from each prototype; then the last one, which also hears what the eight neighbours
think: a stone between two crossings belongs to one of them. There is nothing
beyond the board.
"""
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

C1, C2, C3, C4, HIDDEN, AROUND = WIDTHS = 16, 48, 64, 64, 48, 32
FORMER = 16, 32, 48, 48, 32, 24     # of the first network that was embedded
CLASSES = 4    # empty, black, white, covered
PRIOR = 2.0    # points that the usual prototype is worth


class Net(nn.Module):
    def __init__(self, widths=WIDTHS):
        super().__init__()
        C1, C2, C3, C4, HIDDEN, AROUND = self.widths = widths
        self.l1 = nn.Conv2d(3, C1, 5, 2)
        self.l2 = nn.Conv2d(C1, C2, 3, 2)
        self.l3 = nn.Conv2d(C2, C3, 5, 3)
        self.l4 = nn.Conv2d(C3, C4, 3)
        self.lean = nn.Conv2d(2, C4, 1, bias=False)
        self.first = nn.Linear(C4, CLASSES)
        self.usual = nn.Parameter(torch.zeros(3, C4))
        self.hidden = nn.Linear(4 * C4, HIDDEN)
        self.second = nn.Linear(HIDDEN, CLASSES)
        self.around = nn.Conv2d(HIDDEN, AROUND, 3, padding=1)
        self.last = nn.Linear(AROUND, CLASSES)
        # It starts as a net without it.
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def vectors(self, x, lean):
        """x: B×3×S×S with S = (n+4)·12; lean: B×2×n×n → B×n×n×C4."""
        # The first crossing whose vector is needed lies one block out, at pixel
        # 12+6; 12 pixels to either side of it are looked at.
        n = lean.shape[-1]
        s = 12 * (n + 1) + 25
        x = x[:, :, 6:6 + s, 6:6 + s]
        x = F.relu(self.l1(x))
        x = F.relu(self.l2(x))
        x = F.relu(self.l3(x))
        x = F.relu(self.l4(x) + self.lean(lean))
        return x.permute(0, 2, 3, 1)

    def opinions(self, e, mask=None):
        """e: B×n×n×C4; returns first, second and last logits, B×n×n×CLASSES."""
        b, n, _, C4 = e.shape
        a = self.first(e)
        v = e.reshape(b, n * n, C4)
        p = torch.softmax(a, -1)[..., :3].reshape(b, n * n, 3)
        sums = p.transpose(1, 2) @ v
        proto = (sums + PRIOR * self.usual) / (p.sum(1)[..., None] + PRIOR)
        d = (v[:, :, None] - proto[:, None]).abs().reshape(b, n * n, 3 * C4)
        h = F.relu(self.hidden(torch.cat([v, d], -1)))
        second = self.second(h).reshape(b, n, n, CLASSES)
        r = F.relu(self.around(h.reshape(b, n, n, -1).permute(0, 3, 1, 2)))
        return a, second, second + self.last(r.permute(0, 2, 3, 1))

    def forward(self, x, lean):
        return self.opinions(self.vectors(x, lean))


ORDER = ('l1', 'l2', 'l3', 'l4', 'lean', 'first', 'hidden', 'second', 'around', 'last')


def packed(net):
    """The weights in the order in which vision/stones_net.go reads them."""
    s, parts = net.state_dict(), []
    for k in ORDER:
        w = s[k + '.weight'].numpy()
        parts += [(w.transpose(2, 3, 1, 0) if w.ndim == 4 else w.T).ravel(), s[k + '.bias'].numpy() if k + '.bias' in s else np.zeros(w.shape[0], np.float32)]
    return np.concatenate(parts + [s['usual'].numpy().ravel()])


def unpacked(v, widths):
    """The net of such widths that packed turned into v; what is left over is passed over."""
    net, at = Net(widths), 0
    s = net.state_dict()

    def take(shape):
        nonlocal at
        n = int(np.prod(shape))
        at += n
        return torch.from_numpy(np.array(v[at - n:at], np.float32).reshape(shape))
    for k in ORDER:
        w = s[k + '.weight']
        if w.ndim == 4:
            w.copy_(take([w.shape[i] for i in (2, 3, 1, 0)]).permute(3, 2, 0, 1))
        else:
            w.copy_(take(w.shape[::-1]).T)
        bias = take(w.shape[:1])
        if k + '.bias' in s:
            s[k + '.bias'].copy_(bias)
    s['usual'].copy_(take(s['usual'].shape))
    net.load_state_dict(s)
    return net


def grown(small, widths=WIDTHS):
    """A wider net that says what a narrower one says: nothing listens to its new channels yet."""
    net = Net(widths)
    big, old = net.state_dict(), small.state_dict()
    for k, v in old.items():
        w = big[k]
        if k == 'hidden.weight':      # its inputs are four blocks of C4
            w, v = w.view(w.shape[0], 4, -1), v.view(v.shape[0], 4, -1)
        if k == 'usual':
            w.zero_()
        elif w.ndim > 1:
            w[:v.shape[0], v.shape[1]:] = 0
            if w.ndim == 3:
                w[:v.shape[0], :, v.shape[2]:] = 0
        w[tuple(slice(0, d) for d in v.shape)] = v
    net.load_state_dict(big)
    return net


def load(path, widths=WIDTHS):
    """A net from a .pt of train.py or from vision/stones_net.bin, grown to these widths."""
    if path.endswith('.bin'):
        v = np.fromfile(path, '<f4')
        for w in (WIDTHS, FORMER):
            if len(packed(Net(w))) + 3 == len(v):
                return grown(unpacked(v, w), widths)
        raise ValueError('%s holds a network of other widths' % path)
    s = torch.load(path)
    net = Net(tuple(len(s[k]) for k in ('l1.bias', 'l2.bias', 'l3.bias', 'l4.bias', 'hidden.bias', 'around.bias')))
    net.load_state_dict(s)
    return net if net.widths == widths else grown(net, widths)


def wood(canvas, n):
    """The board's reference colour: the median over the middles of the cells that
    are not dark (half as bright as the brighter quarter, or more), per channel."""
    k = (np.arange(n - 1) + 2) * 12 + 12    # from pixel 12 of a crossing's block
    v = canvas[np.ix_(k, k)].reshape(-1, 3).astype(int)
    s = v.sum(1)
    v = v[2 * s >= np.sort(s)[len(s) * 3 // 4]]
    return np.median(v, 0)


def relative(canvas, ref):
    """A canvas as logarithms relative to ref: the network's input, channels first."""
    x = np.log((canvas.astype(np.float32) + 10) / (np.asarray(ref, np.float32) + 10))
    return x.transpose(2, 0, 1)
