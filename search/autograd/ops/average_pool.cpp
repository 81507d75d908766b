// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "search/autograd/op.hpp"
#include "search/autograd/ops/shapes.hpp"

namespace freebits::search {
namespace {

class AveragePool final : public Op {
 public:
  AveragePool(Node& x, Node& y) {
    inputs = {&x};
    output = &y;
  }

  [[nodiscard]] std::string_view kind() const override { return "average_pool"; }
  [[nodiscard]] std::size_t scratch() const override {
    return Scratch::need(inputs[0]->floats(block()));
  }

  void forward(const Execution& e) override {
    const std::size_t channels = output->shape.channels, pixels = inputs[0]->shape.pixels();
    for_blocks(e, [&](unsigned thread, std::size_t image, std::size_t first, std::size_t rows,
                      float* memory) {
      const float* const x = inputs[0]->values(image * pixels + first, rows, memory);
      float* const y = output->raw + image * channels;
      if (first == 0) std::fill_n(y, channels, 0.0F);
      for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t c = 0; c < channels; ++c) y[c] += x[i * channels + c];
      }
      if (first + rows != pixels) return;
      for (std::size_t c = 0; c < channels; ++c) y[c] /= static_cast<float>(pixels);
      if (output->epilogue.wants_statistics()) output->epilogue.add_statistics(thread, y, 1);
    });
  }

  void backward(const Execution& e) override {
    Node& x = *inputs[0];
    if (!x.wants_gradient) return;
    x.begin_contribution();
    const std::size_t channels = output->shape.channels, pixels = x.shape.pixels();
    for_blocks(e, [&](unsigned thread, std::size_t image, std::size_t first, std::size_t rows,
                      float* memory) {
      const float* const dz = output->raw_gradient(image, 1, memory);
      for (std::size_t c = 0; c < channels; ++c) memory[c] = dz[c] / static_cast<float>(pixels);
      for (std::size_t i = 1; i < rows; ++i) std::copy_n(memory, channels, memory + i * channels);
      x.contribute(thread, image * pixels + first, rows, memory);
    });
  }

 private:
  [[nodiscard]] std::size_t block() const {
    return std::min(inputs[0]->shape.pixels(), block_rows(2 * output->shape.channels));
  }

  /// each(thread, image, first pixel, pixels, memory for that block).
  template <class Each>
  void for_blocks(const Execution& e, const Each& each) const {
    e.threads->split(output->shape.images, [&](unsigned thread, std::size_t from, std::size_t to) {
      float* const memory = e.scratch(thread).take(inputs[0]->floats(block()));
      const std::size_t pixels = inputs[0]->shape.pixels();
      for (std::size_t image = from; image < to; ++image) {
        for (std::size_t first = 0; first < pixels; first += block())
          each(thread, image, first, std::min(block(), pixels - first), memory);
      }
    });
  }
};

}  // namespace

Var average_pool(Tape& tape, std::string name, Var x) {
  const BatchShape shape{x.shape().images, 1, 1, x.shape().channels};
  Node& y = tape.make(std::move(name), shape, std::array{x});
  tape.append(std::make_unique<AveragePool>(x.node(), y));
  return Var(y);
}

}  // namespace freebits::search
