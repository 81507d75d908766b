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
#include "deploy/kernels/layer.hpp"
#include "freebits/kernel_layout.h"
#include "models/graph/kinds/layer_rules.hpp"
#include "models/graph/kinds/op_functions.hpp"
#include "profiler/layer/layer_runner.hpp"

namespace freebits::profiler {
namespace {

using models::IntType;

constexpr std::uint64_t kSeed = 1;

/// A kernel that can be measured: a kind of layer and the side of its window.
struct BenchKernel {
  std::string name;
  models::LayerKind kind;
  unsigned window;
  std::vector<KernelShape> shapes;  ///< standard_shapes(), less the name
};

/// Those of the tables, and every other kind of layer on one shape.
std::vector<BenchKernel> all_kernels() {
  using models::LayerKind;
  std::vector<BenchKernel> all = {
      {"conv3x3",
       LayerKind::Conv,
       3,
       {{"", {16, 16, 32}, 64, 1}, {"", {16, 16, 32}, 32, 2}, {"", {16, 16, 64}, 32, 1}}},
      {"pointwise",
       LayerKind::Conv,
       1,
       {{"", {16, 16, 64}, 64, 1},
        {"", {8, 8, 256}, 64, 1},
        {"", {8, 8, 512}, 64, 1},
        {"", {16, 16, 32}, 64, 1}}},
      {"depthwise3x3",
       LayerKind::Depthwise,
       3,
       {{"", {16, 16, 64}, 64, 1}, {"", {16, 16, 64}, 64, 2}}},
      {"fully_connected", LayerKind::FullyConnected, 1, {{"", {1, 1, 512}, 64, 1}}},
      {"add", LayerKind::Add, 1, {{"", {16, 16, 64}, 64, 1}}},
      {"average_pool", LayerKind::AveragePool, 1, {{"", {7, 7, 256}, 256, 1}}},
      {"max_pool", LayerKind::MaxPool, 2, {{"", {16, 16, 64}, 64, 2}}}};
  for (std::size_t i = 0; i < models::kLayerKinds; ++i) {
    const auto kind = static_cast<LayerKind>(i);
    if (std::ranges::find(all, kind, &BenchKernel::kind) != all.end()) continue;
    const unsigned window = models::rules(kind).usual_kernel;
    all.push_back({std::string(name(kind)), kind, window, {{"", {16, 16, 64}, 64, window}}});
  }
  return all;
}

const BenchKernel& bench_kernel(const std::string& name) {
  static const std::vector<BenchKernel> all = all_kernels();
  const auto found = std::ranges::find(all, name, &BenchKernel::name);
  if (found == all.end()) throw Error("no kernel " + name);
  return *found;
}

models::LayerKind kind_of(const KernelShape& shape) { return bench_kernel(shape.kernel).kind; }

/// A value of a type.
class Draw {
 public:
  std::int16_t operator()(IntType type) {
    const int span = models::highest(type) - models::lowest(type) + 1;
    return static_cast<std::int16_t>(models::lowest(type) + static_cast<int>(random_() % span));
  }

 private:
  std::mt19937 random_{kSeed};
};

models::Tensor random_tensor(models::Shape shape, IntType type, Draw& draw) {
  models::Tensor t(shape, type);
  for (auto& v : t.values) v = draw(type);
  return t;
}

/// The layer of a case in a graph.
models::Layer layer_of(const KernelCase& c) {
  const BenchKernel& kernel = bench_kernel(c.shape.kernel);
  models::Layer layer{.name = c.shape.kernel, .kind = kernel.kind, .inputs = {}};
  layer.kernel_height = layer.kernel_width = kernel.window;
  layer.stride = c.shape.stride;
  const unsigned side = (kernel.window - 1) / 2;
  layer.padding = {side, side, side, side};
  if (models::rules(kernel.kind).makes_channels) layer.out_channels = c.shape.out_channels;
  return layer;
}

/// The same in integers: random weights, outputs that use the range of their type.
models::IntegerOp op_of(const KernelCase& c, const models::Layer& layer, Draw& draw) {
  const models::LayerRules& rules = models::rules(layer.kind);
  const models::Shape in = c.shape.in;
  const models::Shape out = rules.output(layer, std::vector(models::inputs_of(layer.kind), in));
  const std::size_t each = models::weights_each(layer, in);
  models::LayerParameters p;
  p.weights.resize(each * out.channels);
  for (auto& w : p.weights) w = static_cast<std::int8_t>(draw(c.weights));
  const double range = models::highest(c.out) - models::lowest(c.out);
  if (each != 0) {
    const auto bound = static_cast<double>(each) * models::largest(c.weights);
    p.weight_scale.assign(out.channels, 8 * range / bound / models::largest(c.in));
    p.multiplier.assign(out.channels, 1);
    p.offset.assign(out.channels, range / 2);
  }
  models::IntegerOp op = rules.op({.layer = layer,
                                   .in = in,
                                   .out = out,
                                   .weight_type = each == 0 ? IntType::S8 : c.weights,
                                   .out_type = c.out,
                                   .weights = p.weights});
  // Without weights: the input's range is the output's, half of it each where there are two.
  const double half = models::highest(c.out) / 2.0;
  const bool scales = each == 0 && !rules.keeps_precision;
  const double share = inputs_of(layer.kind) == 2 ? 1 : 2;
  models::LimitedLayer limited;
  const models::RealLayer real{
      .parameters = p,
      .in = in,
      .in_type = c.in,
      .second_type = c.weights,
      .out_type = c.out,
      .in_scale = scales ? share * half / models::highest(c.in) : 1,
      .second_scale = scales ? share * half / models::highest(c.weights) : 1,
      .out_scale = 1,
      .limited = limited};
  std::visit([&](auto& its) { fold(its, real); }, op);
  return op;
}

/// MACs a core could do in a cycle if every cycle were a dot product.
double roof(const KernelCase& c, unsigned cores) {
  const unsigned a = models::bits(c.in), w = models::bits(c.weights);
  const unsigned dot = c.level == isa::Level::Rv32imc ? 32
                       : c.level >= isa::Level::Mixed
                           ? std::max(a, w)
                           : fb_dot_bits(static_cast<unsigned>(c.level), a, w);
  return cores * 32.0 / dot;
}

IntType unsigned_of(IntType type) {
  return type == IntType::S8 ? IntType::U8 : type == IntType::S4 ? IntType::U4 : IntType::U2;
}

KernelResult measure(LayerRunner& runner, const KernelCase& c, unsigned cores) {
  KernelResult result{.what = c, .roof_macs_per_cycle = roof(c, cores), .cores = {}};
  Draw draw;
  std::vector<models::Tensor> tensors = {random_tensor(c.shape.in, c.in, draw)};
  const models::Layer layer = layer_of(c);
  const models::IntegerOp op = op_of(c, layer, draw);
  if (inputs_of(layer.kind) == 2) tensors.push_back(random_tensor(c.shape.in, c.weights, draw));
  std::vector<const models::Tensor*> in;
  for (const models::Tensor& tensor : tensors) in.push_back(&tensor);
  const models::Tensor out = models::empty_output(op, in);
  result.macs = models::kernel_layer(op, in, out, false).operations();
  LayerRun measured = runner.run(op, in, 2);
  result.cycles = measured.cycles;
  result.cores = std::move(measured.cores);
  result.bit_exact = measured.output == models::run(op, in);
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
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const BenchKernel& kernel : all_kernels()) all.push_back(kernel.name);
    return all;
  }();
  return names;
}

std::vector<KernelShape> standard_shapes() {
  std::vector<KernelShape> all;
  for (const BenchKernel& kernel : all_kernels()) {
    for (KernelShape shape : kernel.shapes) {
      shape.kernel = kernel.name;
      all.push_back(shape);
    }
  }
  return all;
}

std::vector<KernelCase> standard_cases(const std::vector<KernelShape>& shapes,
                                       const std::vector<isa::Level>& levels) {
  std::vector<KernelCase> cases;
  for (const KernelShape& shape : shapes) {
    for (const isa::Level level : levels) {
      for (const IntType in : {IntType::U8, IntType::U4, IntType::U2}) {
        for (const IntType weights : {IntType::S8, IntType::S4, IntType::S2}) {
          const bool two = inputs_of(kind_of(shape)) == 2;
          if (!has_weights(kind_of(shape)) && !two && weights != IntType::S8) continue;
          const IntType second = two ? unsigned_of(weights) : weights;
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
