#include "shim.h"

#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

namespace {

const cv::Mat &mat(void *m) { return *static_cast<cv::Mat *>(m); }

// guarded runs f and turns whatever it throws into text.
template <typename F> char *guarded(F f) {
    try {
        f();
        return nullptr;
    } catch (const std::exception &e) {
        return strdup(e.what());
    } catch (...) {
        return strdup("unknown C++ exception");
    }
}

} // namespace

char *shim_flow(void *prev, void *next, const float *from, float *to, unsigned char *found, float *residual, int n,
                int window, int levels) {
    return guarded([&] {
        const cv::Mat start(n, 1, CV_32FC2, const_cast<float *>(from));
        cv::Mat end, status, err;
        cv::calcOpticalFlowPyrLK(mat(prev), mat(next), start, end, status, err, cv::Size(window, window), levels);
        CV_Assert(end.isContinuous() && end.total() == size_t(n) && status.total() == size_t(n) &&
                  err.total() == size_t(n));
        std::memcpy(to, end.data, size_t(n) * 2 * sizeof(float));
        std::memcpy(found, status.data, size_t(n));
        std::memcpy(residual, err.data, size_t(n) * sizeof(float));
    });
}

char *shim_ecc(void *tmpl, void *input, float *warp, int motion, int iterations, double epsilon, void *mask,
               int smooth, double *correlation) {
    return guarded([&] {
        cv::Mat w(motion == cv::MOTION_HOMOGRAPHY ? 3 : 2, 3, CV_32F, warp);
        const cv::TermCriteria stop(cv::TermCriteria::COUNT + cv::TermCriteria::EPS, iterations, epsilon);
        const cv::Mat m = mask ? mat(mask) : cv::Mat();
        *correlation = cv::findTransformECC(mat(tmpl), mat(input), w, motion, stop, m, smooth);
        CV_Assert(reinterpret_cast<float *>(w.data) == warp);
    });
}

char *shim_segments(void *gray, double scale, float **segments, int *n) {
    return guarded([&] {
        std::vector<cv::Vec4f> lines;
        cv::createLineSegmentDetector(cv::LSD_REFINE_STD, scale)->detect(mat(gray), lines);
        *n = int(lines.size());
        *segments = nullptr;
        if (lines.empty())
            return;
        const size_t bytes = lines.size() * sizeof(cv::Vec4f);
        *segments = static_cast<float *>(std::malloc(bytes));
        if (!*segments)
            throw std::bad_alloc();
        std::memcpy(*segments, lines.data(), bytes);
    });
}

char *shim_net_load(const char *onnx, int bytes, void **net) {
    return guarded([&] {
        *net = nullptr;
        cv::dnn::Net *made = new cv::dnn::Net(cv::dnn::readNetFromONNX(onnx, size_t(bytes)));
        made->setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        made->setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
        *net = made;
    });
}

char *shim_net_run(void *net, const float *in, int channels, int height, int width, float *out, int n) {
    return guarded([&] {
        cv::dnn::Net &run = *static_cast<cv::dnn::Net *>(net);
        const int shape[] = {1, channels, height, width};
        run.setInput(cv::Mat(4, shape, CV_32F, const_cast<float *>(in)));
        const cv::Mat answer = run.forward();
        CV_Assert(answer.isContinuous() && answer.type() == CV_32F && answer.total() == size_t(n));
        std::memcpy(out, answer.data, size_t(n) * sizeof(float));
    });
}

void shim_net_free(void *net) { delete static_cast<cv::dnn::Net *>(net); }

void shim_quiet(int level) {
    cv::utils::logging::setLogLevel(static_cast<cv::utils::logging::LogLevel>(level));
}
