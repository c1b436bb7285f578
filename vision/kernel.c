#include "kernel.h"

#include <string.h>

#ifdef __clang__
#pragma clang fp contract(off)
#else
#pragma GCC optimize("fp-contract=off")
#endif

// On x86-64 the convolution is compiled a second time for processors with
// AVX2. It has no fused multiply-add, so both give the same bits.
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__)
#define ALSO_AVX2 __attribute__((target_clones("avx2", "default")))
#else
#define ALSO_AVX2
#endif

typedef float v4 __attribute__((vector_size(16)));
typedef float v8 __attribute__((vector_size(32)));

// TILE computes PIX pixels from p on by VEC vectors of V (of WIDTH floats) of
// outputs from o on. The largest tile's eight accumulators of sixteen bytes,
// its weights and inputs fit the registers that every 64 bit processor has.
#define TILE(V, WIDTH, PIX, VEC)                                                       \
	do {                                                                               \
		V acc[PIX][VEC], weight;                                                       \
		for (int i = 0; i < PIX; i++)                                                  \
			for (int j = 0; j < VEC; j++)                                              \
				memcpy(&acc[i][j], bias + o + WIDTH * j, sizeof(V));                   \
		const float *wk = w + o;                                                       \
		for (int r = 0; r < rows; r++) {                                               \
			const float *x = in + p * step + r * stride;                               \
			for (int k = 0; k < run; k++, wk += outs)                                  \
				for (int j = 0; j < VEC; j++) {                                        \
					memcpy(&weight, wk + WIDTH * j, sizeof(V));                        \
					for (int i = 0; i < PIX; i++)                                      \
						acc[i][j] += weight * x[i * step + k];                         \
				}                                                                      \
		}                                                                              \
		for (int i = 0; i < PIX; i++)                                                  \
			for (int j = 0; j < VEC; j++) {                                            \
				float *to = out + (p + i) * outs + o + WIDTH * j;                      \
				memcpy(to, &acc[i][j], sizeof(V));                                     \
				if (relu)                                                              \
					for (int k = 0; k < WIDTH; k++)                                    \
						to[k] = to[k] > 0 ? to[k] : 0;                                 \
			}                                                                          \
	} while (0)

ALSO_AVX2
void kernel_conv(const float *in, int step, int stride, int rows, int run,
                 const float *w, const float *bias, float *out, int pixels,
                 int outs, int relu) {
	int p = 0;
	for (; p + 2 <= pixels; p += 2) {
		int o = 0;
		for (; o + 16 <= outs; o += 16)
			TILE(v8, 8, 2, 2);
		for (; o + 4 <= outs; o += 4)
			TILE(v4, 4, 2, 1);
	}
	if (p < pixels) {
		int o = 0;
		for (; o + 16 <= outs; o += 16)
			TILE(v8, 8, 1, 2);
		for (; o + 4 <= outs; o += 4)
			TILE(v4, 4, 1, 1);
	}
}

// Places in a picture are counted in 1/65536 of its pixels. They stay within
// three pictures' sides of it, far below what 64 bits hold.
enum { SHIFT = 16, ONE = 1 << SHIFT };
typedef long long place;

static inline place limit(place x, place top) { return x > 0 ? (x < top ? x : top) : 0; }

// add adds to each of cols sums the next sub samples from (x, y) on, at the
// nearest pixels. Pixels all of which lie inside the picture need no look at
// its rim, which costs more than the rest.
static inline __attribute__((always_inline)) void add(unsigned sum[][3], const unsigned char *img, place w, place x, place y,
                                                      place ax, place ay, place right, place bottom, int sub, int cols, int inside) {
	x += ONE / 2;
	y += ONE / 2;
	for (int i = 0; i < cols; i++) {
		unsigned blue = 0, green = 0, red = 0;
		for (int si = 0; si < sub; si++, x += ax, y += ay) {
			place cx = inside ? x : limit(x, right + ONE / 2), cy = inside ? y : limit(y, bottom + ONE / 2);
			const unsigned char *p = img + ((cy >> SHIFT) * w + (cx >> SHIFT)) * 3;
			blue += p[0];
			green += p[1];
			red += p[2];
		}
		sum[i][0] += blue;
		sum[i][1] += green;
		sum[i][2] += red;
	}
}

void kernel_block(const unsigned char *img, int w, int h, const float *corners,
                  int sub, int side, int cols, int rows, unsigned char *out, int stride) {
	const float *tl = corners, *tr = corners + 2, *bl = corners + 4, *br = corners + 6;
	float unit = 1.0f / (float)(sub * side), first = 0.5f * unit - 0.5f / (float)side;
	place right = (place)(w - 1) * ONE, bottom = (place)(h - 1) * ONE;
	unsigned n = (unsigned)(sub * sub);
	for (int j = 0; j < rows; j++) {
		unsigned sum[64][3];
		memset(sum, 0, sizeof sum);
		for (int sj = 0; sj < sub; sj++) {
			// Along a row of samples places advance by equal steps.
			float t = (float)(j * sub + sj) * unit + first;
			float lx = tl[0] + (bl[0] - tl[0]) * t, ly = tl[1] + (bl[1] - tl[1]) * t;
			float dx = tr[0] + (br[0] - tr[0]) * t - lx, dy = tr[1] + (br[1] - tr[1]) * t - ly;
			place x = (place)((lx + dx * first) * ONE), y = (place)((ly + dy * first) * ONE);
			place ax = (place)(dx * unit * ONE), ay = (place)(dy * unit * ONE);
			if (sub == 1) {
				for (int i = 0; i < cols; i++, x += ax, y += ay) {
					place cx = limit(x, right), cy = limit(y, bottom);
					int fx = (int)(cx & (ONE - 1)) >> 8, fy = (int)(cy & (ONE - 1)) >> 8;
					const unsigned char *p = img + ((cy >> SHIFT) * w + (cx >> SHIFT)) * 3;
					int ox = cx < right ? 3 : 0, oy = cy < bottom ? 3 * w : 0;
					for (int k = 0; k < 3; k++) {
						int a = p[k] * (256 - fx) + p[k + ox] * fx;
						int b = p[k + oy] * (256 - fx) + p[k + oy + ox] * fx;
						sum[i][k] = (unsigned)(a * (256 - fy) + b * fy + (1 << 15)) >> 16;
					}
				}
				continue;
			}
			place ex = x + ax * cols * sub, ey = y + ay * cols * sub;
			int inside = x >= 0 && y >= 0 && ex >= 0 && ey >= 0 && x <= right && y <= bottom && ex <= right && ey <= bottom;
			if (!inside)
				add(sum, img, w, x, y, ax, ay, right, bottom, sub, cols, 0);
			else if (sub == 2)
				add(sum, img, w, x, y, ax, ay, right, bottom, 2, cols, 1);
			else if (sub == 3)
				add(sum, img, w, x, y, ax, ay, right, bottom, 3, cols, 1);
			else
				add(sum, img, w, x, y, ax, ay, right, bottom, sub, cols, 1);
		}
		for (int i = 0; i < cols; i++)
			for (int k = 0; k < 3; k++)
				out[j * stride + 3 * i + k] = (unsigned char)((sum[i][k] + n / 2) / n);
	}
}
