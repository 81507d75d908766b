// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "search/autograd/numeric/matrix.hpp"
#include "search/autograd/op.hpp"

namespace freebits::search {

/// Zeroes the first `count` floats of every thread's scratch memory.
void clear_thread_sums(const Execution& e, std::size_t count);

/// Weights [depth][columns] of a layer as its products need them, and their gradient.
class LayerWeights {
 public:
  /// The gradient of the input is made in `parts` of depth / parts columns each.
  LayerWeights(Node& node, std::size_t depth, std::size_t columns, bool input_gradient,
               unsigned parts = 1);

  /// Before a forward pass: quantizes and packs, all threads together.
  void prepare(const Execution& e);
  [[nodiscard]] const PackedMatrix& packed() const { return packed_; }
  /// Part of the transposed weights: [columns][depth / parts].
  [[nodiscard]] const PackedMatrix& transposed(unsigned part = 0) const {
    return transposed_[part];
  }

  // Gradient: a sum of each thread, first in its scratch memory.
  [[nodiscard]] std::size_t gradient_scratch() const { return Scratch::need(depth_ * columns_); }
  /// Zeroes every thread's sum.
  void start_gradient(const Execution& e) const { clear_thread_sums(e, depth_ * columns_); }
  /// Sends the threads' sums to the weights.
  void send_gradient(const Execution& e);

 private:
  Node* node_;
  std::size_t depth_, columns_;
  Buffer values_;
  PackedMatrix packed_;
  std::vector<PackedMatrix> transposed_;
};

/// Adds the first `count` floats of every other thread's scratch memory to thread 0's.
void add_thread_sums(const Execution& e, std::size_t count);

}  // namespace freebits::search
