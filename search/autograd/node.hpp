// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "search/autograd/epilogue.hpp"
#include "search/autograd/shape.hpp"

namespace freebits::search {

class Op;

/// Memory of one thread for the duration of an op.
class Scratch {
 public:
  explicit Scratch(std::span<float> memory) : memory_(memory) {}
  /// 64-byte aligned. What the op asked for in Op::scratch() is there.
  [[nodiscard]] float* take(std::size_t floats);
  /// What take() uses up for `floats`.
  static constexpr std::size_t need(std::size_t floats) { return (floats + 15) / 16 * 16; }

 private:
  std::span<float> memory_;
};

/// A value of the tape: the raw output of an op, the epilogue everybody sees it through, and the
/// gradient while it is being made. Rows are pixels of all images.
class Node {
 public:
  std::string name;
  BatchShape shape;
  Epilogue epilogue;
  float* raw = nullptr;
  float* gradient = nullptr;
  bool wants_gradient = false;
  bool is_leaf = false;                   ///< an input or a parameter: `raw` is somebody else's
  bool owns_gradient = true;              ///< false: `gradient` is a parameter's
  unsigned stage = 0;                     ///< steps of the epilogue so far
  unsigned consumers = 0;                 ///< ops that will send a gradient
  std::size_t first_op = 0, last_op = 0;  ///< that makes it, and the last that reads it

  [[nodiscard]] std::size_t floats(std::size_t rows) const { return rows * shape.channels; }

  /// Rows as everybody sees them: in `out`, or where they lie if the epilogue does nothing.
  [[nodiscard]] const float* values(std::size_t first, std::size_t rows, float* out) const;

  /// Starts a backward pass; `seeded`: one more gradient than ops send comes from outside.
  void begin_gradient(bool seeded);
  /// An op (not each of its blocks) calls this before it sends gradients.
  void begin_contribution();
  /// Adds the gradient of rows to what other ops have sent; with the last op's, goes through the
  /// epilogue.
  void contribute(unsigned thread, std::size_t first, std::size_t rows, const float* values);
  /// After the last contribution.
  void finish_gradient() { epilogue.finish_gradient(); }
  /// Gradient of the raw output: in `out`, or where it lies.
  [[nodiscard]] const float* raw_gradient(std::size_t first, std::size_t rows, float* out) const;

 private:
  unsigned received_ = 0, expected_ = 0;
};

}  // namespace freebits::search
