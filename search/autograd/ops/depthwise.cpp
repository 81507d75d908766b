// SPDX-License-Identifier: Apache-2.0
// Depthwise 3x3: goes down each image once, with the rows at hand in rings of rows in the cache.
// Backward, the gradient's rows lie spread out by the stride, so that the gradient of the input is
// a convolution of stride 1 with the mirrored kernel.
#include <array>

#include "search/autograd/layer_weights.hpp"
#include "search/autograd/ops/depthwise_rows.hpp"
#include "search/autograd/ops/shapes.hpp"

namespace freebits::search {
namespace {

constexpr std::size_t kRing = 4;           ///< rows; any three that follow each other are there
constexpr std::size_t kBlockPixels = 128;  ///< sent on together

class Depthwise final : public Op {
 public:
  Depthwise(Node& x, Node& weights, Node& y, const Window& window)
      : window_(window),
        pattern_(x.shape.channels),
        channels_(x.shape.channels),
        in_row_((x.shape.width + window.left + window.right) * channels_),
        spread_row_((x.shape.width + 2 * kTaps + window.left) * channels_),
        gradient_row_(std::max(x.shape.width, y.shape.width) * channels_),
        values_(kTaps * kTaps * channels_),
        taps_(kTaps * kTaps * pattern_.period()) {
    inputs = {&x, &weights};
    output = &y;
  }

  [[nodiscard]] std::string_view kind() const override { return "depthwise"; }

  [[nodiscard]] std::size_t scratch() const override {
    const std::size_t width = inputs[0]->shape.width;
    return Scratch::need(weight_floats()) + kRing * Scratch::need(in_row_) +
           kRing * Scratch::need(spread_row_) + Scratch::need(gradient_row_) +
           Scratch::need((kBlockPixels + width) * channels_);
  }

  void forward(const Execution& e) override {
    const float* const weights = inputs[1]->values(0, kTaps * kTaps, values_.data());
    for (std::size_t t = 0; t < kTaps * kTaps; ++t)
      pattern_.expand({weights + t * channels_, channels_}, taps_.data() + t * pattern_.period());
    e.threads->split(output->shape.images, [&](unsigned thread, std::size_t from, std::size_t to) {
      Scratch scratch = e.scratch(thread);
      (void)scratch.take(weight_floats());
      const auto ring = take_ring(scratch, in_row_);
      const std::size_t pixels = output->shape.pixels(), width = output->shape.width;
      std::size_t counted = from * pixels;
      for (std::size_t image = from; image < to; ++image) {
        std::size_t loaded = 0;
        for (std::size_t y = 0; y < output->shape.height; ++y) {
          const std::size_t made = image * pixels + y * width;
          load_input(ring, image, y, loaded);
          std::array<DepthwiseRow, kTaps> rows{};
          const std::size_t used = rows_under(ring, y, rows);
          depthwise_row(pattern_, width, window_.stride, std::span(rows).first(used),
                        output->raw + output->floats(made));
          count_statistics(thread, counted, made + width, image + 1 == to);
        }
      }
    });
  }

  void backward(const Execution& e) override {
    Node& x_node = *inputs[0];
    if (x_node.wants_gradient) x_node.begin_contribution();
    clear_thread_sums(e, weight_floats());
    e.threads->split(output->shape.images, [&](unsigned thread, std::size_t from, std::size_t to) {
      Scratch scratch = e.scratch(thread);
      Work work(*this, scratch, thread);
      for (std::size_t image = from; image < to; ++image) backward_image(work, image);
      work.send();
    });
    add_thread_sums(e, weight_floats());
    send_weights(e.scratch_memory[0].data());
  }

 private:
  using Ring = std::array<float*, kRing>;

  /// Of one thread, backward.
  struct Work {
    Work(Depthwise& op, Scratch& scratch, unsigned the_thread)
        : x_node(op.inputs[0]),
          thread(the_thread),
          sums(scratch.take(op.weight_floats())),
          input(op.take_ring(scratch, op.in_row_)),
          spread(op.take_ring(scratch, op.spread_row_)),
          row(scratch.take(op.gradient_row_)),
          block(scratch.take((kBlockPixels + x_node->shape.width) * op.channels_)) {}

    /// Rows of the input's gradient go out in blocks, across images.
    void send() {
      if (filled != 0) x_node->contribute(thread, sent, filled, block);
      sent += filled;
      filled = 0;
    }

    Node* x_node;
    unsigned thread;
    float* sums;
    Ring input, spread;
    float *row, *block;
    std::size_t sent = 0, filled = 0;  ///< rows of the tensor: pixels
  };

  [[nodiscard]] std::size_t weight_floats() const { return kTaps * kTaps * pattern_.period(); }

  static Ring take_ring(Scratch& scratch, std::size_t floats) {
    Ring ring{};
    for (float*& row : ring) {
      row = scratch.take(floats);
      std::fill_n(row, floats, 0.0F);
    }
    return ring;
  }

  /// Input rows up to the last under output row y; those before `loaded` are there.
  void load_input(const Ring& ring, std::size_t image, std::size_t y, std::size_t& loaded) const {
    const Node& x = *inputs[0];
    const std::size_t end =
        std::min<std::size_t>(x.shape.height, y * window_.stride + kTaps - window_.top);
    // Between windows of stride 2 and more no row is left out: stride <= 3 rows of a window.
    for (; loaded < end; ++loaded) {
      float* const to = ring[loaded % kRing] + window_.left * channels_;
      const std::size_t first = image * x.shape.pixels() + loaded * x.shape.width;
      const float* const from = x.values(first, x.shape.width, to);
      if (from != to) std::copy_n(from, x.shape.width * channels_, to);
    }
  }

  /// Input rows under output row y that are inside the image, with their weights.
  std::size_t rows_under(const Ring& ring, std::size_t y,
                         std::array<DepthwiseRow, kTaps>& rows) const {
    const std::size_t period = pattern_.period();
    std::size_t used = 0;
    for (std::size_t k = 0; k < kTaps; ++k) {
      const std::size_t padded = y * window_.stride + k;
      if (padded < window_.top || padded - window_.top >= inputs[0]->shape.height) continue;
      rows[used++] = {ring[(padded - window_.top) % kRing], taps_.data() + k * kTaps * period,
                      static_cast<std::ptrdiff_t>(period)};
    }
    return used;
  }

  void count_statistics(unsigned thread, std::size_t& counted, std::size_t made, bool last) const {
    if (made - counted < kBlockPixels && !last) return;
    if (output->epilogue.wants_statistics())
      output->epilogue.add_statistics(thread, output->raw + output->floats(counted),
                                      made - counted);
    counted = made;
  }

  void backward_image(Work& work, std::size_t image) const {
    const Node& x = *inputs[0];
    if (work.filled == 0) work.sent = image * x.shape.pixels();
    std::size_t loaded = 0, finished = 0;
    for (std::size_t y = 0; y < output->shape.height; ++y) {
      load_input(work.input, image, y, loaded);
      const float* const gradient = load_gradient(work, image, y);
      for (std::size_t k = 0; k < kTaps; ++k) {
        const std::size_t padded = y * window_.stride + k;
        if (padded < window_.top || padded - window_.top >= x.shape.height) continue;
        depthwise_row_weights(pattern_, output->shape.width, window_.stride,
                              work.input[(padded - window_.top) % kRing], gradient,
                              work.sums + k * kTaps * pattern_.period());
      }
      if (!x.wants_gradient) continue;
      // The next row of gradients reaches input rows from here on.
      const bool last = y + 1 == output->shape.height;
      const std::size_t reach = (y + 1) * window_.stride;
      const std::size_t end = last ? x.shape.height : reach < window_.top ? 0 : reach - window_.top;
      for (; finished < end; ++finished) input_gradient(work, finished);
    }
  }

  /// Row y of the output's gradient, also spread out into its ring.
  const float* load_gradient(Work& work, std::size_t image, std::size_t y) const {
    const std::size_t width = output->shape.width;
    float* const to = work.spread[y % kRing] + (kTaps - 1) * channels_;
    float* const memory = window_.stride == 1 ? to : work.row;
    const float* const row =
        output->raw_gradient(image * output->shape.pixels() + y * width, width, memory);
    if (row == to) return row;
    for (std::size_t x = 0; x < width; ++x)
      std::copy_n(row + x * channels_, channels_, to + x * window_.stride * channels_);
    return row;
  }

  void input_gradient(Work& work, std::size_t y) const {
    const std::size_t width = inputs[0]->shape.width, period = pattern_.period();
    std::array<DepthwiseRow, kTaps> rows{};
    std::size_t used = 0;
    for (std::size_t k = 0; k < kTaps; ++k) {
      const std::size_t padded = y + window_.top;
      if (padded < k || (padded - k) % window_.stride != 0) continue;
      const std::size_t from = (padded - k) / window_.stride;
      if (from >= output->shape.height) continue;
      rows[used++] = {work.spread[from % kRing] + window_.left * channels_,
                      taps_.data() + (k * kTaps + kTaps - 1) * period,
                      -static_cast<std::ptrdiff_t>(period)};
    }
    float* const to = work.block + work.filled * channels_;
    if (used == 0) {
      std::fill_n(to, width * channels_, 0.0F);
    } else {
      depthwise_row(pattern_, width, 1, std::span(rows).first(used), to);
    }
    work.filled += width;
    if (work.filled >= kBlockPixels) work.send();
  }

  void send_weights(float* patterns) {
    // A stride leaves lanes beyond the channels out; without one every repetition counts.
    for (std::size_t t = 0; t < kTaps * kTaps; ++t) {
      const float* const from = patterns + t * pattern_.period();
      for (std::size_t c = 0; c < channels_; ++c) {
        float sum = 0;
        for (std::size_t i = c; i < pattern_.period(); i += channels_) sum += from[i];
        values_gradient_[t * channels_ + c] = sum;
      }
    }
    inputs[1]->begin_contribution();
    inputs[1]->contribute(0, 0, kTaps * kTaps, values_gradient_.data());
  }

  Window window_;
  ChannelPattern pattern_;
  std::size_t channels_;
  std::size_t in_row_, spread_row_, gradient_row_;  ///< floats of a row
  Buffer values_, taps_;                            ///< weights; weights as patterns
  Buffer values_gradient_{kTaps * kTaps * channels_};
};

}  // namespace

Var depthwise(Tape& tape, std::string name, Var x, Var weights, const Window& window) {
  expect_shape(
      name, window.height == kTaps && window.width == kTaps && window.stride <= 2,
      fmt::format("a {}x{} kernel of stride {}", window.height, window.width, window.stride),
      "3x3 of stride 1 or 2");
  expect_shape(
      name,
      window.top < kTaps && window.left < kTaps && window.bottom < kTaps && window.right < kTaps,
      "padding of 3 or more", "at most 2");
  expect_weights(name, weights, kTaps * kTaps, x.shape().channels);
  const BatchShape shape = windowed(name, x.shape(), window, x.shape().channels);
  Node& y = tape.make(std::move(name), shape, std::array{x, weights});
  tape.append(std::make_unique<Depthwise>(x.node(), weights.node(), y, window));
  return Var(y);
}

}  // namespace freebits::search
