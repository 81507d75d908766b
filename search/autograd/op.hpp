// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "search/autograd/node.hpp"
#include "search/autograd/threads.hpp"

namespace freebits::search {

/// What an op gets to work with.
struct Execution {
  Threads* threads;
  std::span<Buffer> scratch_memory;
  std::uint64_t step;
  bool train;

  [[nodiscard]] Scratch scratch(unsigned thread) const {
    return Scratch(scratch_memory[thread].span());
  }
};

/// A step of a tape: makes its output's raw values from its inputs' values, and sends gradients
/// back. Each has a file of its own in ops/.
class Op {
 public:
  Op() = default;
  Op(const Op&) = delete;
  Op& operator=(const Op&) = delete;
  virtual ~Op() = default;

  [[nodiscard]] virtual std::string_view kind() const = 0;
  virtual void forward(const Execution& e) = 0;
  /// begin_contribution() and contribute() for every input that wants a gradient.
  virtual void backward(const Execution& e) = 0;
  /// Floats of scratch memory a thread needs, as Scratch::need() counts.
  [[nodiscard]] virtual std::size_t scratch() const { return 0; }

  std::vector<Node*> inputs;
  Node* output = nullptr;  ///< null for a loss
};

/// Rows of a block whose `floats_per_row` fit half of a core's second-level cache.
[[nodiscard]] inline std::size_t block_rows(std::size_t floats_per_row) {
  constexpr std::size_t kFloats = 192 * 1024, kLeast = 24, kMost = 384, kTile = 12;
  const std::size_t rows = kFloats / (floats_per_row == 0 ? 1 : floats_per_row) / kTile * kTile;
  return rows < kLeast ? kLeast : rows > kMost ? kMost : rows;
}

}  // namespace freebits::search
