#ifndef GOBANCAM_STONES_KERNEL_H
#define GOBANCAM_STONES_KERNEL_H

// stones_conv computes a row of a convolution over pictures whose channels lie
// together: out[p][o] = bias[o] + Σ_r Σ_k in[p·step + r·stride + k] · w[r][k][o]
// for p < pixels, r < rows, k < run, o < outs (a multiple of 4); with relu,
// negative results become 0. Sums are taken in the order of r and k, so a pixel
// comes out the same bit for bit in whatever row it is computed.
void stones_conv(const float *in, int step, int stride, int rows, int run,
              const float *w, const float *bias, float *out, int pixels,
              int outs, int relu);

#endif
