#include "stones_kernel.h"

#include <string.h>

#ifdef __clang__
#pragma clang fp contract(off)
#else
#pragma GCC optimize("fp-contract=off")
#endif

typedef float v4 __attribute__((vector_size(16)));

static inline v4 load(const float *p) {
	v4 v;
	memcpy(&v, p, sizeof v);
	return v;
}

static inline v4 clamp(v4 v, int relu) {
	if (relu)
		for (int i = 0; i < 4; i++)
			v[i] = v[i] > 0 ? v[i] : 0;
	return v;
}

// Two pixels by sixteen outputs at a time: eight accumulators, four weights
// and two inputs fit the sixteen vector registers that every 64 bit processor
// has. block is one such tile with pixels 1 or 2 and vectors of outputs 1 to 4.
#define BLOCK(PIX, VEC)                                                                      \
	do {                                                                                     \
		v4 acc[PIX][VEC];                                                                    \
		for (int i = 0; i < PIX; i++)                                                        \
			for (int j = 0; j < VEC; j++)                                                    \
				acc[i][j] = load(bias + o + 4 * j);                                          \
		const float *wk = w + o;                                                             \
		for (int r = 0; r < rows; r++) {                                                     \
			const float *x = in + p * step + r * stride;                                     \
			for (int k = 0; k < run; k++, wk += outs)                                        \
				for (int i = 0; i < PIX; i++) {                                              \
					float f = x[i * step + k];                                               \
					v4 v = {f, f, f, f};                                                     \
					for (int j = 0; j < VEC; j++)                                            \
						acc[i][j] += v * load(wk + 4 * j);                                   \
				}                                                                            \
		}                                                                                    \
		for (int i = 0; i < PIX; i++)                                                        \
			for (int j = 0; j < VEC; j++) {                                                  \
				v4 v = clamp(acc[i][j], relu);                                               \
				memcpy(out + (p + i) * outs + o + 4 * j, &v, sizeof v);                      \
			}                                                                                \
	} while (0)

void stones_conv(const float *in, int step, int stride, int rows, int run,
                 const float *w, const float *bias, float *out, int pixels,
                 int outs, int relu) {
	int p = 0;
	for (; p + 2 <= pixels; p += 2) {
		int o = 0;
		for (; o + 16 <= outs; o += 16)
			BLOCK(2, 4);
		for (; o + 4 <= outs; o += 4)
			BLOCK(2, 1);
	}
	if (p < pixels) {
		int o = 0;
		for (; o + 16 <= outs; o += 16)
			BLOCK(1, 4);
		for (; o + 4 <= outs; o += 4)
			BLOCK(1, 1);
	}
}

static inline float limit(float x, float top) { return x > 0 ? (x < top ? x : top) : 0; }

static inline v4 pixel(const unsigned char *p) {
	v4 v = {p[0], p[1], p[2], 0};
	return v;
}

void stones_block(const unsigned char *img, int w, int h, const float *corners,
                  int sub, int side, int count, unsigned char *out, int stride) {
	const float *tl = corners, *tr = corners + 2, *bl = corners + 4, *br = corners + 6;
	float unit = 1.0f / (float)(sub * side), first = 0.5f * unit - 0.5f / (float)side;
	float right = (float)(w - 1), bottom = (float)(h - 1);
	for (int j = 0; j < count; j++)
		for (int i = 0; i < count; i++) {
			unsigned char *o = out + j * stride + 3 * i;
			unsigned sum[3] = {0, 0, 0};
			for (int sj = 0; sj < sub; sj++) {
				float t = (float)(j * sub + sj) * unit + first;
				float lx = tl[0] + (bl[0] - tl[0]) * t, ly = tl[1] + (bl[1] - tl[1]) * t;
				float dx = tr[0] + (br[0] - tr[0]) * t - lx, dy = tr[1] + (br[1] - tr[1]) * t - ly;
				for (int si = 0; si < sub; si++) {
					float s = (float)(i * sub + si) * unit + first;
					float x = limit(lx + dx * s, right), y = limit(ly + dy * s, bottom);
					if (sub > 1) {
						const unsigned char *p = img + ((long)(int)(y + 0.5f) * w + (int)(x + 0.5f)) * 3;
						sum[0] += p[0];
						sum[1] += p[1];
						sum[2] += p[2];
						continue;
					}
					int x0 = (int)x, y0 = (int)y;
					float fx = x - (float)x0, fy = y - (float)y0;
					const unsigned char *p = img + ((long)y0 * w + x0) * 3;
					int ox = x0 + 1 < w ? 3 : 0, oy = y0 + 1 < h ? 3 * w : 0;
					v4 a = pixel(p), b = pixel(p + ox), c = pixel(p + oy), d = pixel(p + oy + ox);
					a += (b - a) * fx;
					c += (d - c) * fx;
					a += (c - a) * fy;
					for (int k = 0; k < 3; k++)
						sum[k] = (unsigned)(a[k] + 0.5f);
				}
			}
			unsigned n = (unsigned)(sub * sub);
			for (int k = 0; k < 3; k++)
				o[k] = (unsigned char)((sum[k] + n / 2) / n);
		}
}
