// What gocv lacks, or builds only with an OpenCV newer than distributions ship:
// optical flow, ECC registration, line segments. Every function returns NULL
// or the text of an error, which the caller frees; no C++ exception leaves.
#ifndef GOBANCAM_SHIM_H
#define GOBANCAM_SHIM_H

#ifdef __cplusplus
extern "C" {
#endif

// Mats are cv::Mat*, points are x, y pairs.

char *shim_flow(void *prev, void *next, const float *from, float *to, unsigned char *found, float *residual, int n,
                int window, int levels);

// warp holds 6 (affine and below) or 9 (homography) numbers, in and out.
char *shim_ecc(void *tmpl, void *input, float *warp, int motion, int iterations, double epsilon, void *mask,
               int smooth, double *correlation);

// Segments are four floats each; the caller frees *segments.
char *shim_segments(void *gray, double scale, float **segments, int *n);

// A network is a cv::dnn::Net, freed by shim_net_free. It answers one picture
// (planes of floats, channels × height × width) with n floats.
char *shim_net_load(const char *onnx, int bytes, void **net);
char *shim_net_run(void *net, const float *in, int channels, int height, int width, float *out, int n);
void shim_net_free(void *net);

// Log levels are those of cv::utils::logging.
void shim_quiet(int level);

#ifdef __cplusplus
}
#endif
#endif
