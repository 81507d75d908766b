// SPDX-License-Identifier: Apache-2.0
// The network in which a layer's latency is measured.
#pragma once

#include <cstddef>
#include <vector>

#include "models/graph/bit_widths.hpp"
#include "models/graph/graph.hpp"
#include "profiler/profile/profile.hpp"

namespace freebits::profiler {

/// Chooses, for every latency, the bit-widths of the whole network in which it is measured. They
/// depend only on the graph, the layer and its own bit-widths, and not on what else is wanted or
/// was measured before.
class Surroundings {
 public:
  /// Keeps a reference to `graph`.
  explicit Surroundings(const models::Graph& graph);

  /// The layer has the wanted bit-widths; the tensors before and after it alternate between its
  /// input's and its output's. Uniform widths have a uniform network around them. Otherwise layers
  /// with weights of the wanted width alternate with layers whose weights are as wide as the
  /// tensors: the wanted kernel is then not in the instruction cache when its layer begins, as in
  /// most mixed-precision networks.
  [[nodiscard]] models::BitWidths of(const WantedLatency& wanted) const;

 private:
  struct Theme;
  [[nodiscard]] Theme theme_of(const WantedLatency& wanted) const;
  [[nodiscard]] unsigned pair_of(std::size_t layer, const Theme& theme) const;
  [[nodiscard]] const LayerBits& choose(std::size_t layer, const Theme& theme, unsigned turn,
                                        const std::vector<unsigned>& tensors) const;

  const models::Graph& graph_;
  std::vector<std::vector<LayerBits>> choices_;  ///< of each layer
  std::vector<models::TensorId> root_;           ///< the tensor whose width each tensor has
  std::vector<unsigned> ends_, begins_;          ///< number of each layer's pair
};

}  // namespace freebits::profiler
