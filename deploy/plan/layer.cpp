// SPDX-License-Identifier: Apache-2.0
#include "deploy/plan/layer.hpp"

#include <algorithm>

#include "freebits/kernel_layout.h"

namespace freebits::models {
namespace {

std::uint32_t round8(std::uint64_t bytes) {
  return static_cast<std::uint32_t>((bytes + 7) / 8 * 8);
}

/// Every pixel for itself: one column.
void flatten(Shape& shape) { shape = {shape.height * shape.width, 1, shape.channels}; }

struct Description {
  KernelLayer& k;

  void operator()(const Conv& l) const {
    k.kind = KernelKind::Conv;
    k.weight_type = l.weight_type;
    k.kernel_height = l.kernel_height;
    k.kernel_width = l.kernel_width;
    k.stride = l.stride;
    k.padding = l.padding;
    if (l.kernel_height == 1 && l.kernel_width == 1 && l.stride == 1) flatten(k.in), flatten(k.out);
  }
  void operator()(const Depthwise& l) const {
    k.kind = KernelKind::Depthwise;
    k.weight_type = l.weight_type;
    k.kernel_height = k.kernel_width = l.kernel;
    k.stride = l.stride;
    k.padding = l.padding;
  }
  void operator()(const Add&) const {
    k.kind = KernelKind::Add;
    flatten(k.in), flatten(k.out);
  }
  void operator()(const AveragePool&) const {
    k.kind = KernelKind::AveragePool;
    flatten(k.in);
  }
  void operator()(const MaxPool& l) const {
    k.kind = KernelKind::MaxPool;
    k.requantized = !l.requantization.channels.empty();
    k.kernel_height = k.kernel_width = l.kernel;
    k.stride = l.stride;
    k.padding = l.padding;
  }
};

}  // namespace

std::uint64_t KernelLayer::operations() const {
  const std::uint64_t window = std::uint64_t{kernel_height} * kernel_width;
  switch (kind) {
    case KernelKind::Conv:
      return out.size() * window * in.channels;
    case KernelKind::Add:
      return 2 * out.size();
    case KernelKind::AveragePool:
      return in.size();
    default:
      return out.size() * window;
  }
}

unsigned KernelLayer::channel_quantum() const {
  const unsigned of_output = std::max(4U, 32 / bits(out_type));
  return splits_input_channels() ? std::max(of_output, 32 / bits(in_type)) : of_output;
}

std::vector<KernelLayer> kernel_layers(const IntegerNetwork& network) {
  const std::vector<Tensor> tensors = empty_tensors(network);
  std::vector<KernelLayer> all;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const IntegerLayer& l = network.layers[i];
    KernelLayer k;
    k.name = l.name;
    k.in = tensors[l.inputs.front()].shape;
    k.in_type = tensors[l.inputs.front()].type;
    k.second_type = tensors[l.inputs.back()].type;
    k.out = tensors[i + 1].shape;
    k.out_type = tensors[i + 1].type;
    std::visit(Description{k}, l.op);
    all.push_back(std::move(k));
  }
  return all;
}

InputRows input_rows(const KernelLayer& l, const Tile& tile) {
  if (!l.splits_rows()) return {0, l.in.height, 0};
  const unsigned first = tile.y * l.stride;  // in the padded image
  const unsigned end =
      std::min(first + (tile.rows - 1) * l.stride + l.kernel_height, l.padding.top + l.in.height);
  const unsigned pad = first < l.padding.top ? l.padding.top - first : 0;
  const unsigned y = first + pad - l.padding.top;
  return {y, end - l.padding.top - y, pad};
}

ConstantBytes constant_bytes(const KernelLayer& l, unsigned channels) {
  const unsigned groups = (channels + 3) / 4;
  ConstantBytes bytes;
  if (l.kind != KernelKind::Conv && l.kind != KernelKind::Depthwise) return bytes;
  bytes.requantization = groups * 4 * static_cast<std::uint32_t>(sizeof(fb_requant_channel));
  if (l.kind == KernelKind::Depthwise) {
    bytes.weights = groups * 4 * 3 * 4;
  } else {
    const unsigned a = bits(l.in_type), w = bits(l.weight_type);
    const unsigned padded = fb_pixel_bytes(l.in.channels, a) * 8 / a;
    bytes.weights = groups * 4 * 4 * l.kernel_height * fb_row_steps(l.kernel_width * padded, a, w) *
                    fb_step_words(a, w);
  }
  return bytes;
}

TileBytes tile_bytes(const KernelLayer& l, const Tile& tile) {
  const unsigned in_channels = l.splits_input_channels() ? tile.channels : l.in.channels;
  const std::uint64_t in_pixels = std::uint64_t{input_rows(l, tile).rows} * l.in.width;
  const std::uint64_t out_pixels = std::uint64_t{tile.rows} * l.out.width;
  TileBytes bytes;
  bytes.input = round8(in_pixels * fb_pixel_bytes(in_channels, bits(l.in_type)));
  if (l.kind == KernelKind::Add)
    bytes.second = round8(in_pixels * fb_pixel_bytes(in_channels, bits(l.second_type)));
  bytes.output = round8(out_pixels * fb_pixel_bytes(tile.channels, bits(l.out_type)));
  bytes.constants = constant_bytes(l, tile.channels).sum();
  return bytes;
}

}  // namespace freebits::models
