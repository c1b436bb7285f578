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
