// SPDX-License-Identifier: Apache-2.0
#include "search/autograd/layer_weights.hpp"
#include "search/autograd/ops/shapes.hpp"

namespace freebits::search {
namespace {

class Pointwise final : public Op {
 public:
  Pointwise(Node& x, Node& weights, Node& y)
      : in_(x.shape.channels),
        out_(y.shape.channels),
        weights_(weights, in_, out_, x.wants_gradient) {
    inputs = {&x, &weights};
    output = &y;
  }

  [[nodiscard]] std::string_view kind() const override { return "pointwise"; }

  [[nodiscard]] std::size_t scratch() const override {
    const std::size_t rows = block();
    return weights_.gradient_scratch() + 2 * Scratch::need(rows * in_) + Scratch::need(rows * out_);
  }

  void forward(const Execution& e) override {
    weights_.prepare(e);
    for_blocks(e,
               [&](unsigned thread, Scratch, std::size_t first, std::size_t rows, float* x_block) {
                 const float* const x = inputs[0]->values(first, rows, x_block);
                 float* const y = output->raw + first * out_;
                 multiply({.data = x,
                           .count = rows,
                           .stride = in_,
                           .ahead = {Ahead{inputs[0]->raw + (first + rows) * in_, in_}}},
                          weights_.packed(), y, out_);
                 if (output->epilogue.wants_statistics())
                   output->epilogue.add_statistics(thread, y, rows);
               });
  }

  void backward(const Execution& e) override {
    Node& x_node = *inputs[0];
    if (x_node.wants_gradient) x_node.begin_contribution();
    weights_.start_gradient(e);
    for_blocks(e, [&](unsigned thread, Scratch scratch, std::size_t first, std::size_t rows,
                      float* x_block) {
      float* const dz_block = scratch.take(rows * out_);
      const float* const dz = output->raw_gradient(first, rows, dz_block);
      const float* const x = x_node.values(first, rows, x_block);
      accumulate_outer(rows, x, in_, in_, dz, out_, e.scratch_memory[thread].data());
      if (!x_node.wants_gradient) return;
      float* const dx = scratch.take(rows * in_);
      const std::size_t next = first + rows;
      multiply({.data = dz,
                .count = rows,
                .stride = out_,
                .ahead = {Ahead{output->raw + next * out_, out_},
                          Ahead{output->gradient + next * out_, out_},
                          Ahead{x_node.raw + next * in_, in_}}},
               weights_.transposed(), dx, in_);
      x_node.contribute(thread, first, rows, dx);
    });
    weights_.send_gradient(e);
  }

 private:
  [[nodiscard]] std::size_t block() const { return block_rows(2 * in_ + out_); }

  /// each(thread, scratch left over, first row, rows, memory for the block of x).
  template <class Each>
  void for_blocks(const Execution& e, const Each& each) const {
    e.threads->split(output->shape.images, [&](unsigned thread, std::size_t from, std::size_t to) {
      Scratch scratch = e.scratch(thread);
      (void)scratch.take(in_ * out_);  // the gradient of the weights
      float* const x_block = scratch.take(block() * in_);
      const std::size_t pixels = output->shape.pixels(), last = to * pixels;
      for (std::size_t first = from * pixels; first < last; first += block())
        each(thread, scratch, first, std::min(block(), last - first), x_block);
    });
  }

  std::size_t in_, out_;
  LayerWeights weights_;
};

}  // namespace

Var pointwise(Tape& tape, std::string name, Var x, Var weights) {
  expect_weights(name, weights, x.shape().channels, 0);
  BatchShape shape = x.shape();
  shape.channels = weights.shape().channels;
  Node& y = tape.make(std::move(name), shape, std::array{x, weights});
  tape.append(std::make_unique<Pointwise>(x.node(), weights.node(), y));
  return Var(y);
}

}  // namespace freebits::search
