// SPDX-License-Identifier: Apache-2.0
#include "search/train/speed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/random.hpp"
#include "models/builders/builders.hpp"
#include "search/autograd/numeric/peak.hpp"
#include "search/train/network.hpp"
#include "search/train/optimizer.hpp"

namespace freebits::search {
namespace {

/// Median seconds of `repetitions` calls, after two.
template <class Work>
double median_seconds(unsigned repetitions, StopToken stop, const Work& work) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> seconds;
  for (unsigned i = 0; i < repetitions + 2; ++i) {
    stop.check();
    const auto start = Clock::now();
    work(i);
    if (i >= 2) seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  std::ranges::nth_element(seconds, seconds.begin() + static_cast<std::ptrdiff_t>(repetitions / 2));
  return seconds[repetitions / 2];
}

void fill_random(std::span<float> values, std::uint64_t seed) {
  Random random{seed};
  for (float& value : values) value = random.uniform();
}

struct Data {
  explicit Data(Network& network)
      : images(network.input().shape().size()), labels(network.input().shape().images) {
    fill_random(images, 1);
    Random random{2};
    for (std::uint32_t& label : labels)
      label = static_cast<std::uint32_t>(random.below(network.logits().shape().channels));
    network.tape().feed(network.input(), images);
    network.loss().feed(labels);
  }
  std::vector<float> images;
  std::vector<std::uint32_t> labels;
};

/// Seconds of one pointwise layer, forward and backward, on the output of another.
double pointwise_seconds(Threads& threads, const BatchShape& in, unsigned out_channels,
                         StopToken stop) {
  Parameters parameters;
  Tape tape(threads, Mode::Train);
  const auto normalised = [&](Var x, const std::string& name) {
    const std::size_t channels = x.shape().channels;
    BatchNorm norm{&parameters.add(name + ".gamma", Role::Affine, channels),
                   &parameters.add(name + ".beta", Role::Affine, channels),
                   &parameters.add(name + ".mean", Role::Statistic, channels),
                   &parameters.add(name + ".variance", Role::Statistic, channels)};
    std::ranges::fill(norm.gamma->value.span(), 1.0F);
    return relu(tape, batch_norm(tape, x, norm));
  };
  const Var input = tape.input("input", in, true);
  const Var x = normalised(input, "x");
  Parameter& weights =
      parameters.add("weight", Role::Weight, std::size_t{in.channels} * out_channels);
  fill_random(weights.value.span(), 3);
  const Var y =
      normalised(pointwise(tape, "y", x, tape.parameter(weights, in.channels, out_channels)), "y");
  tape.compile();
  std::vector<float> images(in.size()), cotangent(y.shape().size());
  fill_random(images, 4);
  fill_random(cotangent, 5);
  tape.feed(input, images);
  constexpr unsigned kRepetitions = 5;
  return median_seconds(kRepetitions, stop, [&](unsigned) {
    tape.forward(0, stop);
    tape.backward(y, cotangent);
  });
}

}  // namespace

const std::vector<TrainingRow>& training_rows() {
  static const std::string small = "mobilenet_v1:width=0.25,resolution=32,classes=10";
  static const std::vector<TrainingRow> rows = {
      {"a", small, 128, false, {}},
      {"b", "mobilenet_v1:width=0.75,resolution=224", 16, false, {}},
      {"c1", "mobilenet_v2:width=1,resolution=224", 16, false, {}},
      {"c2", "mobilenet_v2:width=1,resolution=32,classes=10", 128, false, {}},
      {"d", small, 128, true, {}},
      {"e", small, 128, true, GatedForm::Independent},
  };
  return rows;
}

TrainingSpeed measure_training(const TrainingRow& row, unsigned threads, unsigned repetitions,
                               StopToken stop) {
  const models::Graph graph = models::build_network(row.network);
  constexpr unsigned kBits = 8;
  Quantization quantization = uniform_quantization(graph, kBits, kBits);
  quantization.gated = row.gated;
  return measure_training(graph, row.images, row.quantized ? &quantization : nullptr, threads,
                          repetitions, stop);
}

TrainingSpeed measure_training(const models::Graph& graph, unsigned images,
                               const Quantization* quantization, unsigned threads,
                               unsigned repetitions, StopToken stop) {
  Parameters parameters;
  create_parameters(parameters, graph, 1, quantization);
  Threads pool(threads);
  const NetworkOptions options{.images = images, .quantization = quantization};
  TrainingSpeed speed;
  {
    Network network(pool, Mode::Train, graph, parameters, options);
    const Data data(network);
    OptimizerState state;
    Optimizer optimizer(parameters, state, {.learning_rate = 0.01F}, ThresholdRule::Tqt, pool);
    speed.images_per_second = images / median_seconds(repetitions, stop, [&](unsigned step) {
                                network.tape().forward(step, stop);
                                network.tape().backward(stop);
                                optimizer.step(1);
                              });
  }
  Network network(pool, Mode::Evaluate, graph, parameters, options);
  const Data data(network);
  speed.inference_images_per_second = images / median_seconds(repetitions, stop, [&](unsigned) {
                                        network.tape().forward(0, stop);
                                      });
  return speed;
}

double measure_sgemm_peak(StopToken stop) {
  constexpr unsigned kRepetitions = 8;
  Product product;
  return Product::kOperations /
         median_seconds(kRepetitions, stop, [&](unsigned) { product.compute(); }) / 1e9;
}

std::vector<PointwiseSpeed> measure_pointwise(StopToken stop) {
  constexpr unsigned kImages = 16;
  const models::Graph graph = models::build_network("mobilenet_v1:width=0.75,resolution=224");
  const std::vector<models::Shape> shapes = models::shapes(graph);
  Threads one(1);
  std::vector<PointwiseSpeed> all;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    if (!graph.layers[i].name.ends_with(".pointwise")) continue;
    const models::Shape in = shapes[i], out = shapes[i + 1];
    PointwiseSpeed speed;
    speed.shape = fmt::format("{}x{}x{} -> {}, {} images", in.height, in.width, in.channels,
                              out.channels, kImages);
    if (!all.empty() && all.back().shape == speed.shape) continue;
    const double products = 3, operations = 2 * products * static_cast<double>(out.size()) *
                                            in.channels * kImages;
    speed.gflops =
        operations /
        pointwise_seconds(one, {kImages, in.height, in.width, in.channels}, out.channels, stop) /
        1e9;
    all.push_back(speed);
  }
  return all;
}

}  // namespace freebits::search
