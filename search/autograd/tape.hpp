// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/stop.hpp"
#include "search/autograd/buffer.hpp"
#include "search/autograd/parameter.hpp"
#include "search/autograd/shape.hpp"
#include "search/autograd/threads.hpp"

namespace freebits::search {

class Node;
class Op;

/// A value on a tape. The value that batch_norm(), relu() and the like return replaces the one they
/// were given, which must not be read any more.
class Var {
 public:
  Var() = default;
  explicit Var(Node& node);
  [[nodiscard]] Node& node() const { return *node_; }
  /// Throws Error, naming the reader, for one whose place another has taken.
  void expect_current(const std::string& reader) const;
  [[nodiscard]] const BatchShape& shape() const;
  [[nodiscard]] const std::string& name() const;

 private:
  Node* node_ = nullptr;
  unsigned stage_ = 0;  ///< steps of the node's epilogue that it has seen
};

/// NaN or infinity, and where it first arose.
class NumericalError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Mode : std::uint8_t { Train, Evaluate };

/// A computation recorded once and carried out many times: ops in order (ops.hpp), forward and
/// backward over preallocated memory. compile() plans that memory by the life of each value; after
/// it nothing is allocated. Results depend on parameters, inputs, step and the number of threads
/// only, to the bit.
///
///   Tape tape(threads, Mode::Train);
///   Var x = tape.input("image", {128, 32, 32, 3});
///   Var y = relu(tape, batch_norm(tape, conv(tape, "stem", x, tape.parameter(w, shape), …), bn));
///   …
///   tape.compile();
///   for (…) { tape.feed(x, images); tape.forward(step); tape.backward(); optimiser.step(); }
class Tape {
 public:
  Tape(Threads& threads, Mode mode);
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  // Recording.
  /// A value from outside; with `gradient`, backward() computes the gradient of the loss for it.
  Var input(std::string name, BatchShape shape, bool gradient = false);
  /// A parameter as a value: `rows` x `channels` floats. Its gradient is the parameter's: once on a
  /// tape, any number of readers.
  Var parameter(Parameter& parameter, std::size_t rows, std::size_t channels);
  /// For ops: their output, which depends on `inputs`.
  Node& make(std::string name, BatchShape shape, std::span<const Var> inputs);
  void append(std::unique_ptr<Op> op);
  /// Plans memory. Nothing can be recorded after it. Throws Error, naming the
  /// value, for parameters that do not fit.
  void compile();

  // Running, after compile().
  /// Memory of the value's size, which must stay until the end of backward().
  void feed(Var input, std::span<const float> values);
  /// `step` seeds what ops draw at random. Both throw Interrupted, between two ops, when `stop` is
  /// requested: after that in forward(), running statistics of batch norm are those of the step for
  /// some layers only.
  void forward(std::uint64_t step = 0, StopToken stop = {});
  /// Computes gradients of the losses on the tape, in `gradient` of each parameter.
  void backward(StopToken stop = {});
  /// The same for the sum over output · cotangent plus the losses on the tape, for tests and for
  /// parts of networks. No op may read the output.
  void backward(Var output, std::span<const float> cotangent);

  /// Writes the value, with its epilogue applied.
  void read(Var value, std::span<float> out);
  /// The gradient of an input.
  [[nodiscard]] std::span<const float> gradient(Var input) const;

  /// After forward(): throws NumericalError naming the first op, in order of execution, whose
  /// output is not finite; for when a loss is not. After backward(): naming the first parameter of
  /// an op whose gradient is not; outputs are no longer there.
  void check_finite(bool after_backward);

  [[nodiscard]] Threads& threads() const { return *threads_; }
  [[nodiscard]] bool training() const { return mode_ == Mode::Train; }
  /// Bytes of all values and gradients.
  [[nodiscard]] std::size_t memory_bytes() const { return memory_.size() * sizeof(float); }

 private:
  void plan();
  void run_backward(StopToken stop);
  void check_outputs();

  Threads* threads_;
  Mode mode_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::unique_ptr<Op>> ops_;
  Buffer memory_;
  std::vector<Buffer> scratch_;  ///< of each thread
  bool compiled_ = false;
};

}  // namespace freebits::search
