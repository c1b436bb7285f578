// What gocv lacks, or builds only with an OpenCV newer than distributions ship.
// Every function that can fail returns NULL or the text of an error, which the
// caller frees; no C++ exception leaves.
#ifndef GOBANCAM_SHIM_H
#define GOBANCAM_SHIM_H

#ifdef __cplusplus
extern "C" {
#endif

// A network is a cv::dnn::Net, which lives as long as the program. It answers
// one picture (planes of floats, channels × height × width) with n floats.
char *shim_net_load(const char *onnx, int bytes, void **net);
char *shim_net_run(void *net, const float *in, int channels, int height, int width, float *out, int n);

// The back ends through which OpenCV opens cameras (streams: 0) or the addresses
// of streams (streams: 1), as words with a space behind each.
char *shim_backends(int streams, char **words);

// What OpenCV was built with: a page of text.
char *shim_build_information(char **text);

// Log levels are those of cv::utils::logging.
void shim_quiet(int level);

#ifdef __cplusplus
}
#endif
#endif
