#include "shim.h"

#include <cstring>
#include <exception>

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>
#include <opencv2/videoio/registry.hpp>

namespace {

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

char *shim_net_load(const char *onnx, int bytes, void **net) {
    return guarded([&] {
        *net = nullptr;
        cv::dnn::Net made = cv::dnn::readNetFromONNX(onnx, size_t(bytes));
        made.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        made.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
        *net = new cv::dnn::Net(made);
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

char *shim_backends(int streams, char **words) {
    return guarded([&] {
        std::string all;
        for (cv::VideoCaptureAPIs api : streams ? cv::videoio_registry::getStreamBackends() : cv::videoio_registry::getCameraBackends())
            all += cv::videoio_registry::getBackendName(api) + " ";
        *words = strdup(all.c_str());
    });
}

char *shim_build_information(char **text) {
    return guarded([&] { *text = strdup(cv::getBuildInformation().c_str()); });
}

void shim_quiet(int level) {
    cv::utils::logging::setLogLevel(static_cast<cv::utils::logging::LogLevel>(level));
}
