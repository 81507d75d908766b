// SPDX-License-Identifier: Apache-2.0
// Random tensors and layers: small, odd and extreme ones more often than ordinary ones.
#pragma once

#include <random>

#include "models/layers/layers.hpp"

namespace freebits::test {

class RandomLayers {
 public:
  explicit RandomLayers(std::uint64_t seed) : random_(seed) {}

  /// 0 … n - 1.
  unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
  unsigned between(unsigned low, unsigned high) { return low + below(high - low + 1); }
  double real(double low, double high) {
    return std::uniform_real_distribution<double>(low, high)(random_);
  }
  models::IntType activation() { return models::kIntTypes[below(6)]; }
  models::IntType weight() { return models::kIntTypes[3 + below(3)]; }
  std::int32_t value(models::IntType type) {
    return models::lowest(type) + static_cast<std::int32_t>(below(static_cast<unsigned>(
                                      models::highest(type) - models::lowest(type) + 1)));
  }

  models::Tensor tensor(models::Shape shape, models::IntType type) {
    models::Tensor t(shape, type);
    const unsigned kind = below(5);  // now and then all extreme
    for (auto& v : t.values) {
      v = static_cast<std::int16_t>(kind == 0   ? models::highest(type)
                                    : kind == 1 ? models::lowest(type)
                                                : value(type));
    }
    return t;
  }

  template <class Layer>
  void fill_weights(Layer& layer, std::size_t count) {
    layer.weights.resize(count);
    const unsigned kind = below(5);
    for (auto& w : layer.weights) {
      w = static_cast<std::int8_t>(kind == 0 ? models::lowest(layer.weight_type)
                                             : value(layer.weight_type));
    }
  }

  /// Scales that use, exceed or hardly touch the output's range; biases; both ends saturate now and
  /// then.
  template <class Layer>
  void fill_requantization(Layer& layer, models::IntType in, unsigned channels) {
    std::vector<models::RealChannel> real_channels;
    const double range = models::highest(layer.out_type) - models::lowest(layer.out_type);
    std::int64_t most = 1;
    for (unsigned c = 0; c < channels; ++c) most = std::max(most, accumulator_bound(layer, in, c));
    for (unsigned c = 0; c < channels; ++c) {
      const std::int64_t bound = accumulator_bound(layer, in, c);
      const double scale = range / static_cast<double>(most) * std::exp2(real(-3, 6));
      real_channels.push_back({scale, below(2) == 0 ? 0 : real(-range, range), bound});
    }
    layer.requantization = models::make_requantization(real_channels);
  }

  models::Conv conv(models::Shape in, models::IntType in_type, unsigned kernel,
                    unsigned out_channels) {
    models::Conv l;
    l.kernel_height = l.kernel_width = kernel;
    l.stride = between(1, 2);
    l.in_channels = in.channels;
    l.out_channels = out_channels;
    l.padding = padding(in, kernel);
    l.weight_type = weight();
    l.out_type = activation();
    fill_weights(l, std::size_t{out_channels} * kernel * kernel * in.channels);
    fill_requantization(l, in_type, out_channels);
    return l;
  }

  models::Depthwise depthwise(models::Shape in, models::IntType in_type) {
    models::Depthwise l;
    l.stride = between(1, 2);
    l.channels = in.channels;
    l.padding = padding(in, l.kernel);
    l.weight_type = weight();
    l.out_type = activation();
    fill_weights(l, std::size_t{l.channels} * l.kernel * l.kernel);
    fill_requantization(l, in_type, l.channels);
    return l;
  }

  models::Add add() {
    models::Add l;
    l.out_type = activation();
    const double range = models::highest(l.out_type) - models::lowest(l.out_type);
    l.addition = models::make_addition(range / 256 * std::exp2(real(-3, 4)),
                                       range / 256 * std::exp2(real(-3, 4)), 255);
    return l;
  }

  /// To a type of output, with a scale that uses, exceeds or hardly touches its range.
  void fill_requantization(models::MaxPool& l, models::IntType in_type, models::IntType out_type) {
    l.out_type = out_type;
    const double range = models::highest(l.out_type) - models::lowest(l.out_type);
    const std::int64_t bound = models::largest(in_type);
    const double bias = below(2) == 0 ? 0 : real(-range, range);
    l.requantization = models::make_requantization(
        {{range / static_cast<double>(bound) * std::exp2(real(-2, 3)), bias, bound}});
  }

  models::AveragePool average_pool(models::Shape in, models::IntType in_type) {
    models::AveragePool l;
    l.out_type = activation();
    const double range = models::highest(l.out_type) - models::lowest(l.out_type);
    const std::int64_t bound = std::int64_t{in.height} * in.width * models::largest(in_type);
    l.requantization = models::make_requantization(
        {{range / static_cast<double>(bound) * std::exp2(real(-2, 3)), 0, bound}});
    return l;
  }

  /// Requantized or not.
  models::MaxPool max_pool(models::Shape in, models::IntType in_type) {
    models::MaxPool l;
    l.kernel = between(1, 3);
    l.stride = between(1, 2);
    l.padding = padding(in, l.kernel);
    if (l.kernel == 1) l.padding = {};
    if (below(3) != 0) fill_requantization(l, in_type, activation());
    return l;
  }

  /// Of everything that models/limits.hpp accepts: kernels of any rectangle, strides beyond them,
  /// padding up to one less than the kernel.
  models::Conv any_conv(models::Shape in, models::IntType in_type, unsigned out_channels) {
    models::Conv l = conv(in, in_type, 1, out_channels);
    l.kernel_height = between(1, 7);
    l.kernel_width = between(1, 7);
    l.stride = between(1, 5);
    l.padding = any_padding(in, l.kernel_height, l.kernel_width);
    fill_weights(l, std::size_t{out_channels} * l.kernel_height * l.kernel_width * in.channels);
    fill_requantization(l, in_type, out_channels);
    return l;
  }
  models::Depthwise any_depthwise(models::Shape in, models::IntType in_type) {
    models::Depthwise l = depthwise(in, in_type);
    l.padding = any_padding(in, l.kernel, l.kernel);
    return l;
  }
  models::MaxPool any_max_pool(models::Shape in, models::IntType in_type) {
    models::MaxPool l = max_pool(in, in_type);
    l.kernel = between(1, 7);
    l.stride = between(1, 5);
    l.padding = any_padding(in, l.kernel, l.kernel);
    return l;
  }

 private:
  models::Padding any_padding(models::Shape in, unsigned height, unsigned width) {
    const auto axis = [&](unsigned size, unsigned kernel) {
      unsigned before = below(kernel), after = below(kernel);
      while (size + before + after < kernel) (before < after ? before : after) = kernel - 1;
      return std::pair{before, after};
    };
    const auto [top, bottom] = axis(in.height, height);
    const auto [left, right] = axis(in.width, width);
    return {top, left, bottom, right};
  }

  /// Less than the kernel on each side, at most 1, and enough for one window.
  models::Padding padding(models::Shape in, unsigned kernel) {
    if (kernel == 1) return {};
    const auto axis = [&](unsigned size) {
      unsigned before = below(2), after = below(2);
      if (size + before + after < kernel) before = after = 1;
      return std::pair{before, after};
    };
    const auto [top, bottom] = axis(in.height);
    const auto [left, right] = axis(in.width);
    return {top, left, bottom, right};
  }

  std::mt19937_64 random_;
};

}  // namespace freebits::test
