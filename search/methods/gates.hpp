// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "models/graph/bit_widths.hpp"
#include "search/train/network.hpp"

namespace freebits::search {

/// Probabilities of the widths of one weight or tensor, in the order of models::kBitWidths: P(8) =
/// p4 · p8, P(4) = p4 · (1 - p8), P(2) = 1 - p4, where p is P(z > 0) of a gate.
using WidthOdds = std::array<double, models::kBitWidths.size()>;
[[nodiscard]] WidthOdds width_odds(double p4, double p8);
[[nodiscard]] double expected_bits(const WidthOdds& odds);

/// Of all weights and tensors, or something's derivatives by them.
struct NetworkOdds {
  std::vector<WidthOdds> weights;      ///< by layer; zeros for a layer without
  std::vector<WidthOdds> activations;  ///< by TensorId
};

/// Odds of a configuration: each 0 or 1.
[[nodiscard]] NetworkOdds certain(const models::BitWidths& widths);

/// The gates of a network with gated quantizers. The network's input has 8 bits and no gates;
/// those of its output are held open.
class Gates {
 public:
  /// Keeps references to parameters. Throws Error when gates are missing.
  Gates(const models::Graph& graph, Parameters& parameters, GatedForm form);

  /// From now on the output has 8 bits, whatever the optimiser does.
  void hold_output();

  [[nodiscard]] NetworkOdds odds() const;
  /// What evaluation and export take: the first gate with P(z = 0) >= 0.34 ends the chain.
  [[nodiscard]] models::BitWidths widths() const;
  /// Adds factor · dF/dphi to the gradients of all phi, from dF/dP(bits).
  void add_gradient(const NetworkOdds& by_odds, double factor) const;

 private:
  [[nodiscard]] WidthOdds odds_of(const Parameter* gates) const;
  [[nodiscard]] unsigned bits_of(const Parameter* gates) const;
  void add(Parameter* gates, const WidthOdds& by_odds, double factor) const;

  GateShape shape_;
  // Null: no weights, or the input's 8 bits. Tensors with one root have the same.
  std::vector<Parameter*> weights_, activations_;
  std::vector<bool> has_weights_;
};

}  // namespace freebits::search
