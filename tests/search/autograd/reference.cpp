// SPDX-License-Identifier: Apache-2.0
#include "reference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace freebits::search::test {
namespace {

/// each(image, y, x of the output, kernel y, kernel x, index of the input's pixel) for every tap
/// that is inside the image.
template <class Each>
void for_taps(const BatchShape& in, const Window& w, const Each& each) {
  const int height = static_cast<int>(in.height), width = static_cast<int>(in.width);
  const int out_height =
      (height + static_cast<int>(w.top + w.bottom) - static_cast<int>(w.height)) /
          static_cast<int>(w.stride) +
      1;
  const int out_width = (width + static_cast<int>(w.left + w.right) - static_cast<int>(w.width)) /
                            static_cast<int>(w.stride) +
                        1;
  for (int image = 0; image < static_cast<int>(in.images); ++image) {
    for (int y = 0; y < out_height; ++y) {
      for (int x = 0; x < out_width; ++x) {
        for (int i = 0; i < static_cast<int>(w.height); ++i) {
          for (int j = 0; j < static_cast<int>(w.width); ++j) {
            const int iy = y * static_cast<int>(w.stride) + i - static_cast<int>(w.top);
            const int ix = x * static_cast<int>(w.stride) + j - static_cast<int>(w.left);
            if (iy < 0 || ix < 0 || iy >= height || ix >= width) continue;
            each(static_cast<std::size_t>((image * out_height + y) * out_width + x),
                 static_cast<std::size_t>(i * static_cast<int>(w.width) + j),
                 static_cast<std::size_t>((image * height + iy) * width + ix));
          }
        }
      }
    }
  }
}

std::size_t out_pixels(const BatchShape& in, const Window& w) {
  const std::size_t height = (in.height + w.top + w.bottom - w.height) / w.stride + 1;
  const std::size_t width = (in.width + w.left + w.right - w.width) / w.stride + 1;
  return in.images * height * width;
}

}  // namespace

Exact conv_of(const BatchShape& shape, const Exact& x, const Exact& w, std::size_t out_channels,
              const Window& window) {
  const std::size_t in_channels = shape.channels;
  Exact y(out_pixels(shape, window) * out_channels);
  for_taps(shape, window, [&](std::size_t to, std::size_t tap, std::size_t from) {
    for (std::size_t i = 0; i < in_channels; ++i) {
      for (std::size_t o = 0; o < out_channels; ++o) {
        y[to * out_channels + o] +=
            x[from * in_channels + i] * w[(tap * in_channels + i) * out_channels + o];
      }
    }
  });
  return y;
}

Exact depthwise_of(const BatchShape& shape, const Exact& x, const Exact& w, const Window& window) {
  const std::size_t channels = shape.channels;
  Exact y(out_pixels(shape, window) * channels);
  for_taps(shape, window, [&](std::size_t to, std::size_t tap, std::size_t from) {
    for (std::size_t c = 0; c < channels; ++c)
      y[to * channels + c] += x[from * channels + c] * w[tap * channels + c];
  });
  return y;
}

Exact max_pool_of(const BatchShape& shape, const Exact& x, const Window& window) {
  const std::size_t channels = shape.channels;
  Exact y(out_pixels(shape, window) * channels, -std::numeric_limits<double>::infinity());
  for_taps(shape, window, [&](std::size_t to, std::size_t, std::size_t from) {
    for (std::size_t c = 0; c < channels; ++c)
      y[to * channels + c] = std::max(y[to * channels + c], x[from * channels + c]);
  });
  return y;
}

Exact average_pool_of(const BatchShape& shape, const Exact& x) {
  const std::size_t pixels = shape.pixels(), channels = shape.channels;
  Exact y(shape.images * channels);
  for (std::size_t i = 0; i < x.size(); ++i)
    y[i / (pixels * channels) * channels + i % channels] += x[i] / static_cast<double>(pixels);
  return y;
}

Moments moments_of(const Exact& x, std::size_t channels) {
  const double rows = static_cast<double>(x.size() / channels);
  Moments m{Exact(channels), Exact(channels)};
  for (std::size_t i = 0; i < x.size(); ++i) m.mean[i % channels] += x[i] / rows;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double d = x[i] - m.mean[i % channels];
    m.variance[i % channels] += d * d / rows;
  }
  return m;
}

Exact normalized(const Exact& x, const Moments& m, double epsilon, const Exact& gamma,
                 const Exact& beta) {
  Exact y(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::size_t c = i % gamma.size();
    y[i] = gamma[c] * (x[i] - m.mean[c]) / std::sqrt(m.variance[c] + epsilon) + beta[c];
  }
  return y;
}

Exact clipped(Exact x, double low, double high) {
  for (double& v : x) v = std::clamp(v, low, high);
  return x;
}

}  // namespace freebits::search::test
