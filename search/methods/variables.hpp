// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "models/graph/bit_widths.hpp"
#include "models/graph/graph.hpp"

namespace freebits::search {

/// One width that a search is free to choose: the weights of a layer, or a tensor with those that
/// max pools tie to it. A tensor that several layers read is one variable.
struct Variable {
  bool is_weights = false;
  std::size_t layer = 0;                  ///< of weights
  std::vector<models::TensorId> tensors;  ///< otherwise
  std::vector<std::size_t> touches;       ///< layers whose latency depends on it, ascending
};

/// All widths of a network that are free: not those of its input and output, which have 8 bits.
class Variables {
 public:
  explicit Variables(const models::Graph& graph);

  [[nodiscard]] const std::vector<Variable>& all() const { return all_; }
  [[nodiscard]] const Variable& operator[](std::size_t i) const { return all_[i]; }
  [[nodiscard]] std::size_t size() const { return all_.size(); }
  /// Indices of those that the layer's latency depends on, at most 4.
  [[nodiscard]] const std::vector<std::size_t>& of_layer(std::size_t layer) const {
    return of_layer_[layer];
  }

  [[nodiscard]] unsigned get(const models::BitWidths& widths, std::size_t variable) const;
  void set(models::BitWidths& widths, std::size_t variable, unsigned bits) const;

 private:
  std::vector<Variable> all_;
  std::vector<std::vector<std::size_t>> of_layer_;
};

}  // namespace freebits::search
