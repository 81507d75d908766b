// SPDX-License-Identifier: Apache-2.0
#include "profiler/profile/tile_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>

#include "base/error.hpp"
#include "deploy/image/packing.hpp"
#include "deploy/kernels/kernel.hpp"
#include "freebits/kernel_layout.h"
#include "models/graph/integer_network.hpp"

namespace freebits::profiler {
namespace {

using models::KernelLayer;
using models::Step;
using models::Tensor;

std::vector<std::uint8_t> bytes_at(const tb::Cluster& cluster, std::uint32_t address,
                                   std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  if (!cluster.read(address, bytes)) throw std::logic_error("a plan's operand lies outside L1");
  return bytes;
}

Tensor tensor_at(const tb::Cluster& cluster, std::uint32_t address, models::Shape shape,
                 models::IntType type) {
  const std::size_t count =
      std::size_t{shape.height} * shape.width * fb_pixel_bytes(shape.channels, models::bits(type));
  // What pads a pixel to whole words may be anything: nothing depends on it.
  return models::unpack(bytes_at(cluster, address, count), shape, type,
                        models::PaddingBits::Ignored);
}

}  // namespace

bool TileCheck::begin(const tb::Cluster& cluster, const Step& step,
                      const std::vector<std::uint8_t>& constants) {
  step_.reset();
  if (!constants.empty() && bytes_at(cluster, step.constants, constants.size()) != constants)
    return false;
  step_ = step;
  expected_ = expected(cluster);
  return true;
}

Tensor TileCheck::expected(const tb::Cluster& cluster) const {
  const KernelLayer& layer = plan_.layers.at(step_->layer.value());
  const models::Shape shape = {
      models::input_rows(layer, step_->tile).rows, layer.in.width,
      layer.splits_input_channels() ? step_->tile.channels : layer.in.channels};
  std::vector<Tensor> inputs = {tensor_at(cluster, step_->input, shape, layer.in_type)};
  if (layer.inputs() == 2)
    inputs.push_back(tensor_at(cluster, step_->second, shape, layer.second_type));
  std::vector<const Tensor*> in;
  for (const Tensor& each : inputs) in.push_back(&each);
  const models::IntegerOp& whole = network_.layers.at(*step_->layer).op;
  return models::run(kernel(layer.kind).on_tile(whole, layer, step_->tile), in);
}

void TileCheck::end(const tb::Cluster& cluster) {
  if (!step_) return;
  const Step step = *std::exchange(step_, std::nullopt);
  const KernelLayer& layer = plan_.layers.at(step.layer.value());
  const models::Shape shape = {step.tile.rows, layer.out.width, step.tile.channels};
  if (!(expected_.shape == shape)) {
    throw std::logic_error(
        fmt::format("layer {}: the integer model's tile has another shape", layer.name));
  }
  const Tensor got = tensor_at(cluster, step.output, shape, layer.out_type);
  const auto at = std::ranges::mismatch(got.values, expected_.values);
  if (at.in1 == got.values.end()) return;
  const auto index = static_cast<std::size_t>(at.in1 - got.values.begin());
  throw Error(fmt::format(
      "layer {}: its kernel is wrong on this target: output row {}, column {}, channel {} is {}, "
      "the integer model gives {}; no latency is kept for it",
      layer.name, step.tile.y + index / shape.channels / shape.width,
      index / shape.channels % shape.width, step.tile.c + index % shape.channels, *at.in1,
      *at.in2));
}

}  // namespace freebits::profiler
