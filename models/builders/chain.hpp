// SPDX-License-Identifier: Apache-2.0
// Layers one after the other: what the builders of networks write their tables with.
#pragma once

#include <string>

#include "models/graph/graph.hpp"

namespace freebits::models {

/// Appends layers to a graph; each takes the output of the last one unless told otherwise.
class Chain {
 public:
  explicit Chain(Graph& graph) : graph_(&graph), shape_(graph.input) {}

  /// Convolution with batch norm, padded to ceil(size / stride) ("same").
  TensorId conv(std::string name, unsigned kernel_height, unsigned kernel_width, unsigned stride,
                unsigned out_channels, Activation activation);
  TensorId depthwise(std::string name, unsigned stride, Activation activation);
  TensorId pointwise(std::string name, unsigned out_channels, Activation activation) {
    return conv(std::move(name), 1, 1, 1, out_channels, activation);
  }
  /// Of the last output and `other`.
  TensorId add(std::string name, TensorId other, Activation activation);
  /// Global average pool "pool" and fully connected "classifier".
  void classify(unsigned classes);

  [[nodiscard]] TensorId last() const { return last_; }
  [[nodiscard]] unsigned channels() const { return shape_.channels; }
  /// Goes on from an earlier tensor of this shape.
  void branch(TensorId from, Shape shape) { last_ = from, shape_ = shape; }
  [[nodiscard]] Shape shape() const { return shape_; }

 private:
  TensorId append(Layer layer);

  Graph* graph_;
  TensorId last_ = 0;
  Shape shape_;
};

/// `channels` times `width`, to the nearest multiple of 8 that takes off no more than a tenth: the
/// MobileNets' rule.
[[nodiscard]] unsigned scaled_channels(unsigned channels, double width);

}  // namespace freebits::models
