#ifndef GOBANCAM_KERNEL_H
#define GOBANCAM_KERNEL_H

// kernel_conv computes a row of a convolution over pictures whose channels lie
// together: out[p][o] = bias[o] + Σ_r Σ_k in[p·step + r·stride + k] · w[r][k][o]
// for p < pixels, r < rows, k < run, o < outs (a multiple of 4); with relu,
// negative results become 0. Sums are taken in the order of r and k, so a pixel
// comes out the same bit for bit in whatever row it is computed.
void kernel_conv(const float *in, int step, int stride, int rows, int run,
                 const float *w, const float *bias, float *out, int pixels,
                 int outs, int relu);

// kernel_block samples the first rows × cols of a block's side×side pixels from
// a picture of w×h pixels, three channels each. corners holds the places (x, y)
// of the block's top left, top right, bottom left and bottom right corners in
// the picture, between which places are bilinear; pixel (i, j) is the mean of
// sub×sub samples around (i/side, j/side), interpolated where there is but one.
// Rows of out are stride bytes apart; cols is at most 64. Places outside the
// picture take its rim.
void kernel_block(const unsigned char *img, int w, int h, const float *corners,
                  int sub, int side, int cols, int rows, unsigned char *out, int stride);

#endif
