// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "search/autograd/op.hpp"
#include "search/autograd/ops/shapes.hpp"

namespace freebits::search {
namespace {

class CrossEntropyOp final : public Op, public CrossEntropy {
 public:
  CrossEntropyOp(Node& logits, float smoothing)
      : smoothing_(smoothing), losses_(logits.shape.images), correct_(logits.shape.images) {
    inputs = {&logits};
  }

  [[nodiscard]] std::string_view kind() const override { return "cross_entropy"; }
  [[nodiscard]] std::size_t scratch() const override {
    return Scratch::need(inputs[0]->shape.channels);
  }

  void feed(std::span<const std::uint32_t> labels) override {
    const BatchShape& shape = inputs[0]->shape;
    if (labels.empty() || labels.size() > shape.images) {
      throw Error(fmt::format("[cross_entropy] received {} labels, expected 1 to {}", labels.size(),
                              shape.images));
    }
    for (const std::uint32_t label : labels) {
      expect_shape("cross_entropy", label < shape.channels, fmt::format("label {}", label),
                   fmt::format("0 to {}", shape.channels - 1));
    }
    labels_ = labels;
  }

  [[nodiscard]] double loss() const override {
    double sum = 0;
    for (std::size_t i = 0; i < labels_.size(); ++i) sum += losses_[i];
    return sum / static_cast<double>(labels_.size());
  }
  [[nodiscard]] unsigned correct() const override {
    return static_cast<unsigned>(std::count(
        correct_.begin(), correct_.begin() + static_cast<std::ptrdiff_t>(labels_.size()), 1));
  }

  void forward(const Execution& e) override {
    for_images(e, [&](unsigned, std::size_t image, const float* logits, float*) {
      const std::size_t classes = inputs[0]->shape.channels, label = labels_[image];
      const float* const best = std::max_element(logits, logits + classes);
      double sum = 0, all = 0;
      for (std::size_t c = 0; c < classes; ++c) {
        sum += std::exp(static_cast<double>(logits[c] - *best));
        all += static_cast<double>(logits[c] - *best);
      }
      const double log_sum = std::log(sum), smoothing = static_cast<double>(smoothing_);
      losses_[image] = log_sum - (1 - smoothing) * static_cast<double>(logits[label] - *best) -
                       smoothing * all / static_cast<double>(classes);
      correct_[image] = static_cast<std::size_t>(best - logits) == label ? 1 : 0;
    });
  }

  void backward(const Execution& e) override {
    if (!inputs[0]->wants_gradient) return;
    inputs[0]->begin_contribution();
    e.threads->split(inputs[0]->shape.images,
                     [&](unsigned thread, std::size_t from, std::size_t to) {
                       float* const memory = e.scratch(thread).take(inputs[0]->shape.channels);
                       for (std::size_t image = from; image < to; ++image)
                         backward_image(thread, image, memory);
                     });
  }

 private:
  /// (softmax - target) / images.
  void backward_image(unsigned thread, std::size_t image, float* memory) {
    const std::size_t classes = inputs[0]->shape.channels;
    if (image >= labels_.size()) {
      std::fill_n(memory, classes, 0.0F);
    } else {
      const float* const logits = inputs[0]->values(image, 1, memory);
      const float best = *std::max_element(logits, logits + classes);
      float sum = 0;
      for (std::size_t c = 0; c < classes; ++c) sum += memory[c] = std::exp(logits[c] - best);
      const auto count = static_cast<float>(labels_.size());
      const float spread = smoothing_ / static_cast<float>(classes);
      for (std::size_t c = 0; c < classes; ++c) memory[c] = (memory[c] / sum - spread) / count;
      memory[labels_[image]] -= (1 - smoothing_) / count;
    }
    inputs[0]->contribute(thread, image, 1, memory);
  }

  /// each(thread, image, its logits, memory for as many).
  template <class Each>
  void for_images(const Execution& e, const Each& each) const {
    if (labels_.empty()) throw std::logic_error("a loss without labels");
    e.threads->split(labels_.size(), [&](unsigned thread, std::size_t from, std::size_t to) {
      float* const memory = e.scratch(thread).take(inputs[0]->shape.channels);
      for (std::size_t image = from; image < to; ++image)
        each(thread, image, inputs[0]->values(image, 1, memory), memory);
    });
  }

  float smoothing_;
  std::span<const std::uint32_t> labels_;
  std::vector<double> losses_;
  std::vector<int> correct_;
};

}  // namespace

CrossEntropy& cross_entropy(Tape& tape, Var logits, float smoothing) {
  expect_shape("cross_entropy", logits.shape().pixels() == 1, logits.shape().text(),
               "one pixel an image");
  expect_shape("cross_entropy", smoothing >= 0 && smoothing < 1,
               fmt::format("smoothing {}", smoothing), "0 to less than 1");
  logits.expect_current("cross_entropy");
  auto op = std::make_unique<CrossEntropyOp>(logits.node(), smoothing);
  CrossEntropy& loss = *op;
  tape.append(std::move(op));
  return loss;
}

}  // namespace freebits::search
