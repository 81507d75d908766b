// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/graph/bit_widths.hpp"
#include "search/autograd/ops.hpp"

namespace freebits::search {

/// How a network is fake-quantized. Its input has 8 bits from the start, and no quantizer.
struct Quantization {
  models::BitWidths widths;        ///< fixed ones; ignored with `gated`
  std::optional<GatedForm> gated;  ///< learned ones
  ThresholdRule rule = ThresholdRule::Tqt;
  std::uint64_t seed = 1;  ///< of gates
};

/// One bit-width for all weights and one for all tensors; 8 bits for the input and the logits.
[[nodiscard]] Quantization uniform_quantization(const models::Graph& graph, unsigned weight_bits,
                                                unsigned activation_bits);

/// Adds the parameters of all layers, weights drawn from a normal distribution of variance
/// 1 / (3 · fan-in), and where `quantization` is given thresholds and gates. Parameters that are
/// there already stay as they are: float parameters get their quantizers added.
///
/// Names: LAYER.weight, .gamma, .beta, .mean, .variance, .bias; LAYER.weight_threshold,
/// .weight_gates; LAYER.threshold, .gates of its output.
void create_parameters(Parameters& parameters, const models::Graph& graph, std::uint64_t seed,
                       const Quantization* quantization = nullptr);

struct NetworkOptions {
  unsigned images = 128;  ///< a batch
  float label_smoothing = 0;
  bool freeze_batch_norm = false;                 ///< normalises with the running statistics
  float statistics_share = BatchNorm{}.momentum;  ///< weight of a batch in the running statistics
  const Quantization* quantization = nullptr;     ///< float when null
};

/// A network on a tape.
class Network {
 public:
  /// Records and compiles. Throws Error for parameters that do not fit the graph.
  Network(Threads& threads, Mode mode, const models::Graph& graph, Parameters& parameters,
          const NetworkOptions& options);

  [[nodiscard]] Tape& tape() { return tape_; }
  [[nodiscard]] Var input() const { return values_.front(); }
  [[nodiscard]] Var logits() const { return values_.back(); }
  /// By TensorId, epilogues included.
  [[nodiscard]] Var value(models::TensorId id) const { return values_.at(id); }
  [[nodiscard]] CrossEntropy& loss() { return *loss_; }

 private:
  Tape tape_;
  std::vector<Var> values_;
  CrossEntropy* loss_;
};

}  // namespace freebits::search
