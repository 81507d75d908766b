// SPDX-License-Identifier: Apache-2.0
#include "profiler/layer/kernel_bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "base/error.hpp"
#include "base/start_threads.hpp"
#include "freebits/kernel_layout.h"
#include "profiler/layer/layer_runner.hpp"

namespace freebits::profiler {
namespace {

using models::IntType;

constexpr std::uint64_t kSeed = 1;

class Operands {
 public:
  models::Tensor tensor(models::Shape shape, IntType type) {
    models::Tensor t(shape, type);
    for (auto& v : t.values) v = value(type);
    return t;
  }
  template <class Layer>
  void fill(Layer& layer, std::size_t weights, IntType in, unsigned channels) {
    layer.weights.resize(weights);
    for (auto& w : layer.weights) w = static_cast<std::int8_t>(value(layer.weight_type));
    std::vector<models::RealChannel> real;
    const double range = models::highest(layer.out_type) - models::lowest(layer.out_type);
    for (unsigned c = 0; c < channels; ++c) {
      const std::int64_t bound = std::max<std::int64_t>(1, accumulator_bound(layer, in, c));
      real.push_back({8 * range / static_cast<double>(bound), range / 2, bound});
    }
    layer.requantization = models::make_requantization(real);
  }

 private:
  std::int16_t value(IntType type) {
    const int span = models::highest(type) - models::lowest(type) + 1;
    return static_cast<std::int16_t>(models::lowest(type) + static_cast<int>(random_() % span));
  }
  std::mt19937 random_{kSeed};
};

/// MACs a core could do in a cycle if every cycle were a dot product.
double roof(const KernelCase& c, unsigned cores) {
  const unsigned a = models::bits(c.in), w = models::bits(c.weights);
  const unsigned dot = c.level == isa::Level::Rv32imc ? 32
                       : c.level >= isa::Level::Mixed
                           ? std::max(a, w)
                           : fb_dot_bits(static_cast<unsigned>(c.level), a, w);
  return cores * 32.0 / dot;
}

template <class Layer, class... Inputs>
void run(LayerRunner& runner, KernelResult& result, const Layer& layer, const Inputs&... in) {
  LayerRun measured = runner.run(layer, in..., 2);
  result.cycles = measured.cycles;
  result.cores = std::move(measured.cores);
  result.bit_exact = measured.output == models::run(layer, in...);
}

models::Padding around(unsigned side) { return {side, side, side, side}; }

void measure_depthwise(LayerRunner& runner, const KernelCase& c, Operands& operands,
                       KernelResult& result) {
  const models::Tensor in = operands.tensor(c.shape.in, c.in);
  models::Depthwise l;
  l.stride = c.shape.stride;
  l.padding = around(1);
  l.channels = c.shape.in.channels;
  l.weight_type = c.weights;
  l.out_type = c.out;
  operands.fill(l, std::size_t{l.channels} * 9, c.in, l.channels);
  result.macs = output_shape(l, c.shape.in).size() * 9;
  run(runner, result, l, in);
}

void measure_conv(LayerRunner& runner, const KernelCase& c, Operands& operands,
                  KernelResult& result) {
  const models::Tensor in = operands.tensor(c.shape.in, c.in);
  const unsigned kernel = c.shape.kernel == "conv3x3" ? 3 : 1;
  models::Conv l;
  l.kernel_height = l.kernel_width = kernel;
  l.stride = c.shape.stride;
  l.padding = around(kernel / 2);
  l.in_channels = c.shape.in.channels;
  l.out_channels = c.shape.out_channels;
  l.weight_type = c.weights;
  l.out_type = c.out;
  const std::size_t taps = std::size_t{kernel} * kernel * l.in_channels;
  operands.fill(l, l.out_channels * taps, c.in, l.out_channels);
  result.macs = output_shape(l, c.shape.in).size() * taps;
  run(runner, result, l, in);
}

void measure_others(LayerRunner& runner, const KernelCase& c, Operands& operands,
                    KernelResult& result) {
  const models::Tensor in = operands.tensor(c.shape.in, c.in);
  if (c.shape.kernel == "add") {
    const models::Tensor b = operands.tensor(c.shape.in, c.weights);
    const double half = models::highest(c.out) / 2.0;
    const std::int32_t bound = 255;
    const models::Add l{models::make_addition(half / models::highest(c.in),
                                              half / models::highest(c.weights), bound),
                        c.out};
    result.macs = 2 * c.shape.in.size();
    run(runner, result, l, in, b);
  } else if (c.shape.kernel == "average_pool") {
    const unsigned pixels = c.shape.in.height * c.shape.in.width;
    const std::int64_t bound = std::int64_t{pixels} * models::highest(c.in);
    const models::AveragePool l{
        models::make_requantization({{static_cast<double>(models::highest(c.out)) /
                                          (static_cast<double>(models::highest(c.in)) * pixels),
                                      0, bound}}),
        c.out};
    result.macs = c.shape.in.size();
    run(runner, result, l, in);
  } else {
    models::MaxPool l;
    l.stride = c.shape.stride;
    result.macs = output_shape(l, c.shape.in).size() * l.kernel * l.kernel;
    run(runner, result, l, in);
  }
}

IntType unsigned_of(IntType type) {
  return type == IntType::S8 ? IntType::U8 : type == IntType::S4 ? IntType::U4 : IntType::U2;
}

bool has_weights(const std::string& kernel) {
  return kernel != "add" && kernel != "average_pool" && kernel != "max_pool";
}

KernelResult measure(LayerRunner& runner, const KernelCase& c, unsigned cores) {
  KernelResult result{.what = c, .roof_macs_per_cycle = roof(c, cores), .cores = {}};
  Operands operands;
  if (c.shape.kernel == "depthwise3x3") {
    measure_depthwise(runner, c, operands, result);
  } else if (has_weights(c.shape.kernel)) {
    measure_conv(runner, c, operands, result);
  } else {
    measure_others(runner, c, operands, result);
  }
  return result;
}

/// Several threads take the next case each; results come out in order.
class Measurement {
 public:
  Measurement(const tb::Target& target, const std::vector<KernelCase>& cases, StopToken stop)
      : target_(target), cases_(cases), token_(stop), results_(cases.size()) {}

  void work() {
    std::map<isa::Level, LayerRunner> runners;
    for (std::size_t i = next_++; i < cases_.size() && !stop_; i = next_++) {
      std::optional<KernelResult> result;
      try {
        tb::Target target = target_;
        target.level = cases_[i].level;
        LayerRunner& runner = runners.try_emplace(target.level, target, token_).first->second;
        result = measure(runner, cases_[i], target.geometry.cores);
      } catch (...) {
        const std::scoped_lock lock(mutex_);
        error_ = std::current_exception();
        stop_ = true;
      }
      const std::scoped_lock lock(mutex_);
      results_[i] = std::move(result);
      changed_.notify_one();
    }
  }

  /// Results in order, until `done` has enough or fails; then the threads end.
  void report(const std::function<bool(const KernelResult&)>& done) {
    try {
      report_each(done);
    } catch (...) {
      stop_ = true;
      throw;
    }
    stop_ = true;
  }

 private:
  void report_each(const std::function<bool(const KernelResult&)>& done) {
    for (auto& result : results_) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return result.has_value() || error_; });
      if (error_) std::rethrow_exception(error_);
      lock.unlock();
      if (!done(*result)) break;
    }
  }

  const tb::Target& target_;
  const std::vector<KernelCase>& cases_;
  StopToken token_;
  std::vector<std::optional<KernelResult>> results_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> stop_ = false;
  std::exception_ptr error_;
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace

std::string KernelShape::text() const {
  return fmt::format("{}x{}x{} -> {}, stride {}", in.height, in.width, in.channels, out_channels,
                     stride);
}

const std::vector<std::string>& kernel_names() {
  static const std::vector<std::string> names = {
      "conv3x3", "pointwise", "depthwise3x3", "fully_connected", "add", "average_pool", "max_pool"};
  return names;
}

std::vector<KernelShape> standard_shapes() {
  return {
      {"conv3x3", {16, 16, 32}, 64, 1},      {"conv3x3", {16, 16, 32}, 32, 2},
      {"conv3x3", {16, 16, 64}, 32, 1},      {"pointwise", {16, 16, 64}, 64, 1},
      {"pointwise", {8, 8, 256}, 64, 1},     {"pointwise", {8, 8, 512}, 64, 1},
      {"pointwise", {16, 16, 32}, 64, 1},    {"depthwise3x3", {16, 16, 64}, 64, 1},
      {"depthwise3x3", {16, 16, 64}, 64, 2}, {"fully_connected", {1, 1, 512}, 64, 1},
      {"add", {16, 16, 64}, 64, 1},          {"average_pool", {7, 7, 256}, 256, 1},
      {"max_pool", {16, 16, 64}, 64, 2},
  };
}

std::vector<KernelCase> standard_cases(const std::vector<KernelShape>& shapes,
                                       const std::vector<isa::Level>& levels) {
  std::vector<KernelCase> cases;
  for (const KernelShape& shape : shapes) {
    for (const isa::Level level : levels) {
      for (const IntType in : {IntType::U8, IntType::U4, IntType::U2}) {
        for (const IntType weights : {IntType::S8, IntType::S4, IntType::S2}) {
          const bool pool = !has_weights(shape.kernel) && shape.kernel != "add";
          if (pool && weights != IntType::S8) continue;
          const IntType second = shape.kernel == "add" ? unsigned_of(weights) : weights;
          cases.push_back({shape, level, in, second, in});
        }
      }
    }
  }
  return cases;
}

void measure_kernels(const tb::Target& target, const std::vector<KernelCase>& cases, unsigned jobs,
                     const std::function<bool(const KernelResult&)>& done, StopToken stop) {
  Measurement measurement(target, cases, stop);
  const auto most = static_cast<unsigned>(std::max<std::size_t>(1, cases.size()));
  const std::vector<std::jthread> threads = start_threads_or_throw<Error>(
      std::clamp(jobs, 1U, most),
      [&measurement](unsigned, const std::stop_token&) { measurement.work(); });
  measurement.report(done);
}

}  // namespace freebits::profiler
