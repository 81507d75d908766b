// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>

#include "search/autograd/op.hpp"
#include "search/autograd/ops/shapes.hpp"

namespace freebits::search {
namespace {

class MaxPool final : public Op {
 public:
  MaxPool(Node& x, Node& y, const Window& window) : window_(window) {
    inputs = {&x};
    output = &y;
  }

  [[nodiscard]] std::string_view kind() const override { return "max_pool"; }
  [[nodiscard]] std::size_t scratch() const override {
    const BatchShape& x = inputs[0]->shape;
    return 2 * Scratch::need(x.pixels() * x.channels) +
           Scratch::need(output->shape.pixels() * x.channels);
  }

  void forward(const Execution& e) override {
    const std::size_t channels = output->shape.channels;
    for_images(e, [&](unsigned thread, Scratch, std::size_t image, const float* x) {
      float* const out = output->raw + image * output->shape.pixels() * channels;
      for_windows([&](std::size_t at, std::size_t pixel, bool first) {
        float* const y = out + at * channels;
        const float* const from = x + pixel * channels;
        for (std::size_t c = 0; c < channels; ++c) {
          const bool wins = first || from[c] > y[c] || std::isnan(from[c]);
          y[c] = wins ? from[c] : y[c];
        }
      });
      if (output->epilogue.wants_statistics())
        output->epilogue.add_statistics(thread, out, output->shape.pixels());
    });
  }

  /// To the first of the largest.
  void backward(const Execution& e) override {
    Node& node = *inputs[0];
    if (!node.wants_gradient) return;
    node.begin_contribution();
    const std::size_t channels = output->shape.channels, pixels = output->shape.pixels();
    for_images(e, [&](unsigned thread, Scratch scratch, std::size_t image, const float* x) {
      float* const dx = scratch.take(node.floats(node.shape.pixels()));
      float* const memory = scratch.take(pixels * channels);
      std::fill_n(dx, node.floats(node.shape.pixels()), 0.0F);
      const float* const from = output->raw_gradient(image * pixels, pixels, memory);
      if (from != memory) std::copy_n(from, pixels * channels, memory);
      const float* const y = output->raw + image * pixels * channels;
      for_windows([&](std::size_t at, std::size_t pixel, bool) {
        float* const dz = memory + at * channels;
        for (std::size_t c = 0; c < channels; ++c) {
          if (x[pixel * channels + c] != y[at * channels + c]) continue;
          dx[pixel * channels + c] += dz[c];
          dz[c] = 0;
        }
      });
      node.contribute(thread, image * node.shape.pixels(), node.shape.pixels(), dx);
    });
  }

 private:
  /// each(output pixel, input pixel in its window, whether it is the window's first).
  template <class Each>
  void for_windows(const Each& each) const {
    const BatchShape &in = inputs[0]->shape, &out = output->shape;
    for (std::size_t at = 0; at < out.pixels(); ++at) {
      bool first = true;
      for (std::size_t k = 0; k < std::size_t{window_.height} * window_.width; ++k) {
        const std::size_t y = at / out.width * window_.stride + k / window_.width;
        const std::size_t x = at % out.width * window_.stride + k % window_.width;
        if (y < window_.top || x < window_.left || y - window_.top >= in.height ||
            x - window_.left >= in.width)
          continue;
        each(at, (y - window_.top) * in.width + x - window_.left, first);
        first = false;
      }
    }
  }

  /// each(thread, scratch left over, image, its values).
  template <class Each>
  void for_images(const Execution& e, const Each& each) const {
    e.threads->split(output->shape.images, [&](unsigned thread, std::size_t from, std::size_t to) {
      Scratch scratch = e.scratch(thread);
      const std::size_t pixels = inputs[0]->shape.pixels();
      float* const memory = scratch.take(inputs[0]->floats(pixels));
      for (std::size_t image = from; image < to; ++image)
        each(thread, scratch, image, inputs[0]->values(image * pixels, pixels, memory));
    });
  }

  Window window_;
};

}  // namespace

Var max_pool(Tape& tape, std::string name, Var x, const Window& window) {
  const BatchShape shape = windowed(name, x.shape(), window, x.shape().channels);
  expect_shape(name,
               window.top < window.height && window.left < window.width &&
                   window.bottom < window.height && window.right < window.width,
               "padding as large as the window", "less");
  Node& y = tape.make(std::move(name), shape, std::array{x});
  tape.append(std::make_unique<MaxPool>(x.node(), y, window));
  return Var(y);
}

}  // namespace freebits::search
