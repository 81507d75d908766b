// SPDX-License-Identifier: Apache-2.0
#include "models/builders/chain.hpp"

#include <algorithm>
#include <utility>

namespace freebits::models {
namespace {

/// Zeros before and after so that a window fits ceil(size / stride) times. The odd one goes before:
/// windows of stride 2 start at the border, as PyTorch's padding of 1 makes them.
std::pair<unsigned, unsigned> same_padding(unsigned size, unsigned kernel, unsigned stride) {
  const unsigned outputs = (size + stride - 1) / stride;
  const unsigned reach = (outputs - 1) * stride + kernel;
  const unsigned all = reach > size ? reach - size : 0;
  return {all - all / 2, all / 2};
}

Padding same(Shape in, unsigned height, unsigned width, unsigned stride) {
  const auto [top, bottom] = same_padding(in.height, height, stride);
  const auto [left, right] = same_padding(in.width, width, stride);
  return {.top = top, .left = left, .bottom = bottom, .right = right};
}

}  // namespace

TensorId Chain::append(Layer layer) {
  graph_->layers.push_back(std::move(layer));
  last_ = graph_->output();
  return last_;
}

TensorId Chain::conv(std::string name, unsigned kernel_height, unsigned kernel_width,
                     unsigned stride, unsigned out_channels, Activation activation) {
  append({.name = std::move(name),
          .kind = LayerKind::Conv,
          .inputs = {last_},
          .kernel_height = kernel_height,
          .kernel_width = kernel_width,
          .stride = stride,
          .padding = same(shape_, kernel_height, kernel_width, stride),
          .out_channels = out_channels,
          .batch_norm = true,
          .activation = activation});
  shape_ = {(shape_.height + stride - 1) / stride, (shape_.width + stride - 1) / stride,
            out_channels};
  return last_;
}

TensorId Chain::depthwise(std::string name, unsigned stride, Activation activation) {
  append({.name = std::move(name),
          .kind = LayerKind::Depthwise,
          .inputs = {last_},
          .kernel_height = 3,
          .kernel_width = 3,
          .stride = stride,
          .padding = same(shape_, 3, 3, stride),
          .out_channels = 0,
          .batch_norm = true,
          .activation = activation});
  shape_ = {(shape_.height + stride - 1) / stride, (shape_.width + stride - 1) / stride,
            shape_.channels};
  return last_;
}

TensorId Chain::add(std::string name, TensorId other, Activation activation) {
  Layer layer{.name = std::move(name), .kind = LayerKind::Add, .inputs = {last_, other}};
  layer.activation = activation;
  return append(std::move(layer));
}

void Chain::classify(unsigned classes) {
  append({.name = "pool", .kind = LayerKind::AveragePool, .inputs = {last_}});
  Layer layer{.name = "classifier", .kind = LayerKind::FullyConnected, .inputs = {last_}};
  layer.out_channels = classes;
  append(std::move(layer));
  shape_ = {1, 1, classes};
}

unsigned scaled_channels(unsigned channels, double width) {
  const double exact = channels * width;
  auto rounded = std::max(8U, static_cast<unsigned>(exact + 4) / 8 * 8);
  if (rounded < 0.9 * exact) rounded += 8;
  return rounded;
}

}  // namespace freebits::models
