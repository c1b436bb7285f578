#include "stones_kernel.h"

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
void stones_conv(const float *in, int step, int stride, int rows, int run,
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

static inline long long limit(long long x, long long top) { return x > 0 ? (x < top ? x : top) : 0; }

void stones_block(const unsigned char *img, int w, int h, const float *corners,
                  int sub, int side, int count, unsigned char *out, int stride) {
	enum { SHIFT = 16, ONE = 1 << SHIFT };
	const float *tl = corners, *tr = corners + 2, *bl = corners + 4, *br = corners + 6;
	float unit = 1.0f / (float)(sub * side), first = 0.5f * unit - 0.5f / (float)side;
	long long right = (long long)(w - 1) * ONE, bottom = (long long)(h - 1) * ONE;
	unsigned n = (unsigned)(sub * sub);
	for (int j = 0; j < count; j++) {
		unsigned sum[64][3];
		memset(sum, 0, sizeof sum);
		for (int sj = 0; sj < sub; sj++) {
			// Along a row of samples places advance by equal steps.
			float t = (float)(j * sub + sj) * unit + first;
			float lx = tl[0] + (bl[0] - tl[0]) * t, ly = tl[1] + (bl[1] - tl[1]) * t;
			float dx = tr[0] + (br[0] - tr[0]) * t - lx, dy = tr[1] + (br[1] - tr[1]) * t - ly;
			long long x = (long long)((lx + dx * first) * ONE), y = (long long)((ly + dy * first) * ONE);
			long long ax = (long long)(dx * unit * ONE), ay = (long long)(dy * unit * ONE);
			for (int i = 0; i < count; i++) {
				if (sub == 1) {
					long long cx = limit(x, right), cy = limit(y, bottom);
					int fx = (int)(cx & (ONE - 1)) >> 8, fy = (int)(cy & (ONE - 1)) >> 8;
					const unsigned char *p = img + ((cy >> SHIFT) * w + (cx >> SHIFT)) * 3;
					int ox = cx < right ? 3 : 0, oy = cy < bottom ? 3 * w : 0;
					for (int k = 0; k < 3; k++) {
						int a = p[k] * (256 - fx) + p[k + ox] * fx;
						int b = p[k + oy] * (256 - fx) + p[k + oy + ox] * fx;
						sum[i][k] = (unsigned)(a * (256 - fy) + b * fy + (1 << 15)) >> 16;
					}
					x += ax;
					y += ay;
					continue;
				}
				for (int si = 0; si < sub; si++) {
					long long cx = limit(x, right) + ONE / 2, cy = limit(y, bottom) + ONE / 2;
					const unsigned char *p = img + ((cy >> SHIFT) * w + (cx >> SHIFT)) * 3;
					sum[i][0] += p[0];
					sum[i][1] += p[1];
					sum[i][2] += p[2];
					x += ax;
					y += ay;
				}
			}
		}
		for (int i = 0; i < count; i++)
			for (int k = 0; k < 3; k++)
				out[j * stride + 3 * i + k] = (unsigned char)((sum[i][k] + n / 2) / n);
	}
}
