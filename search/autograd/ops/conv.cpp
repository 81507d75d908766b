// SPDX-License-Identifier: Apache-2.0
// Convolution without im2col: in NHWC a kernel row of a window is one piece of memory, so a row of
// outputs is a product of overlapping rows, in a piece for each kernel row.
#include <array>

#include "search/autograd/layer_weights.hpp"
#include "search/autograd/ops/padded_image.hpp"
#include "search/autograd/ops/shapes.hpp"

namespace freebits::search {
namespace {

class Conv final : public Op {
 public:
  Conv(Node& x, Node& weights, Node& y, const Window& window)
      : window_(window),
        padded_(x.shape, window),
        out_(y.shape.channels),
        piece_(std::size_t{window.width} * x.shape.channels),
        step_(std::size_t{window.stride} * x.shape.channels),
        weights_(weights, window.height * piece_, out_, x.wants_gradient, window.height) {
    inputs = {&x, &weights};
    output = &y;
  }

  [[nodiscard]] std::string_view kind() const override { return "conv"; }

  [[nodiscard]] std::size_t scratch() const override {
    const std::size_t image = Scratch::need(padded_.floats()), width = output->shape.width;
    return weights_.gradient_scratch() + 2 * image + Scratch::need(width * out_) +
           Scratch::need(width * piece_);
  }

  void forward(const Execution& e) override {
    weights_.prepare(e);
    for_images(e, [&](unsigned thread, Scratch, std::size_t image, float* x) {
      for (std::size_t y = 0, counted = 0; y < output->shape.height; ++y) {
        const std::size_t width = output->shape.width;
        float* const to = row(image, y);
        multiply({.data = at(x, y, 0),
                  .count = width,
                  .stride = step_,
                  .pieces = window_.height,
                  .piece_stride = padded_.row_floats()},
                 weights_.packed(), to, out_);
        const std::size_t made = (y + 1 - counted) * width;
        constexpr std::size_t kStatisticsRows = 128;
        if (made < kStatisticsRows && y + 1 < output->shape.height) continue;
        if (output->epilogue.wants_statistics())
          output->epilogue.add_statistics(thread, row(image, counted), made);
        counted = y + 1;
      }
    });
  }

  void backward(const Execution& e) override {
    Node& x_node = *inputs[0];
    if (x_node.wants_gradient) x_node.begin_contribution();
    weights_.start_gradient(e);
    for_images(e, [&](unsigned thread, Scratch scratch, std::size_t image, float* x) {
      backward_image(thread, scratch, image, x, e.scratch_memory[thread].data());
    });
    weights_.send_gradient(e);
  }

 private:
  void backward_image(unsigned thread, Scratch scratch, std::size_t image, const float* x,
                      float* weight_sums) {
    Node& x_node = *inputs[0];
    const std::size_t width = output->shape.width;
    float* const dz_memory = scratch.take(width * out_);
    float* const piece_memory = scratch.take(width * piece_);
    float* const dx = x_node.wants_gradient ? scratch.take(padded_.floats()) : nullptr;
    if (dx != nullptr) std::fill_n(dx, padded_.floats(), 0.0F);
    for (std::size_t y = 0; y < output->shape.height; ++y) {
      const std::size_t first = image * output->shape.pixels() + y * width;
      const float* const dz = output->raw_gradient(first, width, dz_memory);
      for (std::size_t k = 0; k < window_.height; ++k) {
        accumulate_outer(width, at(x, y, k), step_, piece_, dz, out_,
                         weight_sums + k * piece_ * out_);
        if (dx == nullptr) continue;
        multiply({.data = dz, .count = width, .stride = out_},
                 weights_.transposed(static_cast<unsigned>(k)), piece_memory, piece_);
        float* const to = dx + (at(x, y, k) - x);
        for (std::size_t i = 0; i < width; ++i) {
          for (std::size_t j = 0; j < piece_; ++j)
            to[i * step_ + j] += piece_memory[i * piece_ + j];
        }
      }
    }
    if (dx == nullptr) return;
    for (std::size_t y = 0; y < x_node.shape.height; ++y) {
      x_node.contribute(thread, image * x_node.shape.pixels() + y * x_node.shape.width,
                        x_node.shape.width, padded_.inner(dx, y));
    }
  }

  [[nodiscard]] float* row(std::size_t image, std::size_t y) const {
    return output->raw + output->floats(image * output->shape.pixels() + y * output->shape.width);
  }
  /// The first window of output row y, its kernel row k.
  template <class Float>
  [[nodiscard]] Float* at(Float* x, std::size_t y, std::size_t k) const {
    return x + (y * window_.stride + k) * padded_.row_floats();
  }

  /// each(thread, scratch left over, image, its padded values).
  template <class Each>
  void for_images(const Execution& e, const Each& each) const {
    e.threads->split(output->shape.images, [&](unsigned thread, std::size_t from, std::size_t to) {
      Scratch scratch = e.scratch(thread);
      (void)scratch.take(window_.height * piece_ * out_);  // the gradient of the weights
      float* const x = scratch.take(padded_.floats());
      std::fill_n(x, padded_.floats(), 0.0F);
      for (std::size_t image = from; image < to; ++image) {
        padded_.fill(*inputs[0], image, x);
        each(thread, scratch, image, x);
      }
    });
  }

  Window window_;
  PaddedImage padded_;
  std::size_t out_;
  std::size_t piece_;  ///< floats of a kernel row
  std::size_t step_;   ///< floats from window to window
  LayerWeights weights_;
};

}  // namespace

Var conv(Tape& tape, std::string name, Var x, Var weights, const Window& window) {
  const std::size_t depth = std::size_t{window.height} * window.width * x.shape().channels;
  expect_weights(name, weights, depth, 0);
  const BatchShape shape = windowed(name, x.shape(), window, weights.shape().channels);
  Node& y = tape.make(std::move(name), shape, std::array{x, weights});
  tape.append(std::make_unique<Conv>(x.node(), weights.node(), y, window));
  return Var(y);
}

}  // namespace freebits::search
