// SPDX-License-Identifier: Apache-2.0
#include "deploy/kernels/layer.hpp"

#include <algorithm>

#include "deploy/kernels/kernel.hpp"
#include "deploy/kernels/operands.hpp"
#include "freebits/kernel_layout.h"

namespace freebits::models {
namespace {

std::uint32_t round8(std::uint64_t bytes) {
  return static_cast<std::uint32_t>((bytes + 7) / 8 * 8);
}

}  // namespace

std::uint64_t KernelLayer::operations() const { return kernel(kind).operations(*this); }
unsigned KernelLayer::inputs() const { return inputs_of(kind); }
bool KernelLayer::has_weights() const { return kernel(kind).traits.has_weights; }
bool KernelLayer::splits_channels() const { return kernel(kind).traits.splits_channels; }
bool KernelLayer::splits_input_channels() const {
  return kernel(kind).traits.splits_input_channels;
}
bool KernelLayer::splits_rows() const { return kernel(kind).traits.splits_rows; }

unsigned KernelLayer::channel_quantum() const {
  const unsigned of_output = std::max(4U, 32 / bits(out_type));
  return splits_input_channels() ? std::max(of_output, 32 / bits(in_type)) : of_output;
}

KernelLayer kernel_layer(const IntegerOp& op, const std::vector<const Tensor*>& in,
                         const Tensor& out, bool flat) {
  KernelLayer k;
  k.kind = kind_of(op);
  k.in = in.front()->shape;
  k.in_type = in.front()->type;
  k.second_type = in.back()->type;
  k.out = out.shape;
  k.out_type = out.type;
  kernel(k.kind).describe(op, k, flat);
  return k;
}

std::vector<KernelLayer> kernel_layers(const IntegerNetwork& network) {
  const std::vector<Tensor> tensors = empty_tensors(network);
  std::vector<KernelLayer> all;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const IntegerLayer& l = network.layers[i];
    std::vector<const Tensor*> in;
    for (const TensorId id : l.inputs) in.push_back(&tensors[id]);
    all.push_back(kernel_layer(l.op, in, tensors[i + 1], true));
    all.back().name = l.name;
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
  if (!l.has_weights()) return {};
  return {.requantization = channel_groups(channels) * kGroup *
                            static_cast<std::uint32_t>(sizeof(fb_requant_channel)),
          .weights = kernel(l.kind).weight_bytes(l, channels)};
}

TileBytes tile_bytes(const KernelLayer& l, const Tile& tile) {
  const unsigned in_channels = l.splits_input_channels() ? tile.channels : l.in.channels;
  const std::uint64_t in_pixels = std::uint64_t{input_rows(l, tile).rows} * l.in.width;
  const std::uint64_t out_pixels = std::uint64_t{tile.rows} * l.out.width;
  TileBytes bytes;
  bytes.input = round8(in_pixels * fb_pixel_bytes(in_channels, bits(l.in_type)));
  if (l.inputs() == 2)
    bytes.second = round8(in_pixels * fb_pixel_bytes(in_channels, bits(l.second_type)));
  bytes.output = round8(out_pixels * fb_pixel_bytes(tile.channels, bits(l.out_type)));
  bytes.constants = constant_bytes(l, tile.channels).sum();
  return bytes;
}

}  // namespace freebits::models
