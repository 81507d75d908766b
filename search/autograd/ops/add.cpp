// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "search/autograd/op.hpp"
#include "search/autograd/ops/copy.hpp"
#include "search/autograd/ops/shapes.hpp"

namespace freebits::search {
namespace {

/// Sum of its inputs; with one, a copy: for a value that is read with and without what follows it.
class Add final : public Op {
 public:
  explicit Add(std::vector<Node*> terms, Node& y) {
    inputs = std::move(terms);
    output = &y;
  }

  [[nodiscard]] std::string_view kind() const override {
    return inputs.size() == 1 ? "copy" : "add";
  }

  [[nodiscard]] std::size_t scratch() const override {
    return Scratch::need(block() * output->shape.channels);
  }

  void forward(const Execution& e) override {
    for_blocks(e, [&](unsigned thread, std::size_t first, std::size_t rows, float* memory) {
      float* const y = output->raw + output->floats(first);
      const std::size_t count = output->floats(rows);
      for (std::size_t i = 0; i < inputs.size(); ++i) {
        const float* const x = inputs[i]->values(first, rows, i == 0 ? y : memory);
        if (i == 0) {
          if (x != y) std::copy_n(x, count, y);
        } else {
          for (std::size_t k = 0; k < count; ++k) y[k] += x[k];
        }
      }
      if (output->epilogue.wants_statistics()) output->epilogue.add_statistics(thread, y, rows);
    });
  }

  void backward(const Execution& e) override {
    for (Node* const x : inputs) {
      if (x->wants_gradient) x->begin_contribution();
    }
    for_blocks(e, [&](unsigned thread, std::size_t first, std::size_t rows, float* memory) {
      const float* const dz = output->raw_gradient(first, rows, memory);
      for (Node* const x : inputs) {
        if (x->wants_gradient) x->contribute(thread, first, rows, dz);
      }
    });
  }

 private:
  [[nodiscard]] std::size_t block() const { return block_rows(4 * output->shape.channels); }

  template <class Each>
  void for_blocks(const Execution& e, const Each& each) const {
    e.threads->split(output->shape.images, [&](unsigned thread, std::size_t from, std::size_t to) {
      float* const memory = e.scratch(thread).take(output->floats(block()));
      const std::size_t pixels = output->shape.pixels(), last = to * pixels;
      for (std::size_t first = from * pixels; first < last; first += block())
        each(thread, first, std::min(block(), last - first), memory);
    });
  }
};

}  // namespace

Var add(Tape& tape, std::string name, Var a, Var b) {
  expect_shape(name, a.shape() == b.shape(),
               fmt::format("{} and {}", a.shape().text(), b.shape().text()), "equal shapes");
  expect_shape(name, &a.node() != &b.node(), "one value twice", "two");
  Node& y = tape.make(std::move(name), a.shape(), std::array{a, b});
  tape.append(std::make_unique<Add>(std::vector{&a.node(), &b.node()}, y));
  return Var(y);
}

Var copy(Tape& tape, Var x) {
  Node& y = tape.make(x.name() + ".copy", x.shape(), std::array{x});
  tape.append(std::make_unique<Add>(std::vector{&x.node()}, y));
  return Var(y);
}

}  // namespace freebits::search
