// SPDX-License-Identifier: Apache-2.0
#include "profiler/profile/tile_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>
#include <variant>

#include "base/error.hpp"
#include "deploy/image/packing.hpp"
#include "freebits/kernel_layout.h"
#include "models/layers/layers.hpp"

namespace freebits::profiler {
namespace {

using models::KernelLayer;
using models::Step;
using models::Tensor;
using models::Tile;

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

template <class T>
std::vector<T> slice(const std::vector<T>& all, std::size_t first, std::size_t count) {
  return {all.begin() + static_cast<std::ptrdiff_t>(first),
          all.begin() + static_cast<std::ptrdiff_t>(first + count)};
}

/// A layer's operation on one tile of its output, whose input is `in`.
class OnTile {
 public:
  OnTile(const KernelLayer& layer, const Tile& tile, Tensor in, std::optional<Tensor> second)
      : layer_(layer), tile_(tile), in_(std::move(in)), second_(std::move(second)) {}

  Tensor operator()(const models::Conv& l) const {
    models::Conv part = l;
    part.kernel_height = layer_.kernel_height;
    part.kernel_width = layer_.kernel_width;
    part.padding = padding();
    part.in_channels = layer_.in.channels;
    part.out_channels = tile_.channels;
    const std::size_t each = l.weights.size() / l.out_channels;
    part.weights = slice(l.weights, tile_.c * each, tile_.channels * each);
    part.requantization.channels = slice(l.requantization.channels, tile_.c, tile_.channels);
    return models::run(part, in_);
  }
  Tensor operator()(const models::Depthwise& l) const {
    models::Depthwise part = l;
    part.padding = padding();
    part.channels = tile_.channels;
    const std::size_t each = std::size_t{l.kernel} * l.kernel;
    part.weights = slice(l.weights, tile_.c * each, tile_.channels * each);
    part.requantization.channels = slice(l.requantization.channels, tile_.c, tile_.channels);
    return models::run(part, in_);
  }
  Tensor operator()(const models::Add& l) const { return models::run(l, in_, second_.value()); }
  Tensor operator()(const models::AveragePool& l) const { return models::run(l, in_); }
  Tensor operator()(const models::MaxPool& l) const {
    models::MaxPool part = l;
    part.padding = padding();
    return models::run(part, in_);
  }

 private:
  /// The layer's at the left and the right; above and below what the tile sees of it.
  [[nodiscard]] models::Padding padding() const {
    models::Padding p = layer_.padding;
    p.top = models::input_rows(layer_, tile_).pad_top;
    const unsigned needed = (tile_.rows - 1) * layer_.stride + layer_.kernel_height;
    const unsigned there = p.top + in_.shape.height;
    p.bottom = needed > there ? needed - there : 0;
    return p;
  }

  const KernelLayer& layer_;
  const Tile& tile_;
  Tensor in_;
  std::optional<Tensor> second_;
};

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
  std::optional<Tensor> second;
  if (layer.kind == models::KernelKind::Add)
    second = tensor_at(cluster, step_->second, shape, layer.second_type);
  const OnTile on_tile(layer, step_->tile, tensor_at(cluster, step_->input, shape, layer.in_type),
                       std::move(second));
  return std::visit(on_tile, network_.layers.at(*step_->layer).op);
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
