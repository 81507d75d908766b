// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "search/autograd/batch_norm.hpp"
#include "search/autograd/quantizer.hpp"
#include "search/autograd/tape.hpp"

namespace freebits::search {

/// Ops of a network. All take values of a tape that is being recorded and append to it; all throw
/// Error, one line `[name] received …, expected …`, for shapes that do not fit.

/// Zeros around the image, and the step between windows.
struct Window {
  unsigned height = 1, width = 1, stride = 1;
  unsigned top = 0, left = 0, bottom = 0, right = 0;
};

/// y = x · w, pixel by pixel: weights [in][out]. Also fully connected, on one pixel.
[[nodiscard]] Var pointwise(Tape& tape, std::string name, Var x, Var weights);
/// Convolution: weights [kernel y][kernel x][in][out].
[[nodiscard]] Var conv(Tape& tape, std::string name, Var x, Var weights, const Window& window);
/// Depthwise 3x3 convolution, stride 1 or 2: weights [kernel y][kernel x][channel].
[[nodiscard]] Var depthwise(Tape& tape, std::string name, Var x, Var weights, const Window& window);
/// a + b of one shape; two different values.
[[nodiscard]] Var add(Tape& tape, std::string name, Var a, Var b);
/// Mean over all pixels of an image.
[[nodiscard]] Var average_pool(Tape& tape, std::string name, Var x);
/// Largest of each window; what lies outside the image does not count.
[[nodiscard]] Var max_pool(Tape& tape, std::string name, Var x, const Window& window);

/// What follows element by element. These cost nothing by themselves: the next op carries them out
/// on its way (README.md), as long as they come in this order, each at most once, with
/// no other reader of x; otherwise x is copied first.
[[nodiscard]] Var batch_norm(Tape& tape, Var x, const BatchNorm& parameters);
[[nodiscard]] Var bias(Tape& tape, Var x, Parameter& bias);
[[nodiscard]] Var relu(Tape& tape, Var x);
[[nodiscard]] Var relu6(Tape& tape, Var x);
[[nodiscard]] Var fake_quantize(Tape& tape, Var x, const UniformQuantizer& quantizer);
[[nodiscard]] Var fake_quantize(Tape& tape, Var x, const GatedQuantizer& quantizer);

/// The end of a tape: mean over the images of the cross-entropy between softmax(logits) and the
/// labels, of whose weight `smoothing` is spread over all classes.
class CrossEntropy {
 public:
  virtual ~CrossEntropy() = default;
  /// A label each image, to stay until backward() is over. With fewer labels than images the rest
  /// counts for nothing, in the loss and in the mean.
  virtual void feed(std::span<const std::uint32_t> labels) = 0;
  [[nodiscard]] virtual double loss() const = 0;
  /// Images whose largest logit, the first if there are several, is their label's.
  [[nodiscard]] virtual unsigned correct() const = 0;
};
[[nodiscard]] CrossEntropy& cross_entropy(Tape& tape, Var logits, float smoothing = 0);

}  // namespace freebits::search
