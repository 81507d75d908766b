// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/stop.hpp"
#include "search/autograd/quantizer.hpp"
#include "search/train/network.hpp"

namespace freebits::search {

/// A row of the training benchmark (tests/bench/README.md).
struct TrainingRow {
  std::string name;
  std::string network;             ///< a specification
  unsigned images = 128;           ///< a batch
  bool quantized = false;          ///< 8 bits everywhere, thresholds learn
  std::optional<GatedForm> gated;  ///< 2 -> 4 -> 8 bits on every tensor
};
[[nodiscard]] const std::vector<TrainingRow>& training_rows();

struct TrainingSpeed {
  double images_per_second = 0;  ///< steps of forward, backward, SGD with Nesterov momentum
  double inference_images_per_second = 0;
};

/// Medians over `repetitions` steps, after two to warm up. All of these throw Interrupted when
/// `stop` is requested.
[[nodiscard]] TrainingSpeed measure_training(const TrainingRow& row, unsigned threads,
                                             unsigned repetitions, StopToken stop = {});
/// The same of any network, `images` a batch; in float where `quantization` is null.
[[nodiscard]] TrainingSpeed measure_training(const models::Graph& graph, unsigned images,
                                             const Quantization* quantization, unsigned threads,
                                             unsigned repetitions, StopToken stop = {});

/// Floating-point operations a second of one thread, in units of 1e9.
struct PointwiseSpeed {
  std::string shape;  ///< "14x14x384 -> 384, 16 images"
  double gflops = 0;  ///< forward and backward, batch norm, ReLU and all memory traffic included
};
/// The machine's best for a large product of matrices (Eigen).
[[nodiscard]] double measure_sgemm_peak(StopToken stop = {});
/// The pointwise layers of MobileNetV1 0.75 at 224, each with what surrounds it in a network.
[[nodiscard]] std::vector<PointwiseSpeed> measure_pointwise(StopToken stop = {});

}  // namespace freebits::search
