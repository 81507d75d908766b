// SPDX-License-Identifier: Apache-2.0
#include "deploy/image/constants.hpp"

#include <span>
#include <variant>

#include "deploy/image/operands.hpp"
#include "freebits/kernel_layout.h"

namespace freebits::profiler {
namespace {

/// Channels c … c + channels - 1 of what is packed in groups of four channels of equal size.
std::span<const std::uint8_t> channels_of(std::span<const std::uint8_t> packed, unsigned all,
                                          const models::Constants& c) {
  const std::size_t group = packed.size() / ((all + 3) / 4);
  return packed.subspan(c.c / 4 * group, (c.channels + 3) / 4 * group);
}

}  // namespace

std::vector<std::uint8_t> ConstantsPacker::bytes(const models::Constants& c) {
  if (layer_ != c.layer) pack(c.layer);
  const unsigned all = plan_.layers[c.layer].out.channels;
  const auto r = channels_of(requantization_, all, c), w = channels_of(weights_, all, c);
  std::vector<std::uint8_t> bytes(r.begin(), r.end());
  bytes.insert(bytes.end(), w.begin(), w.end());
  return bytes;
}

void ConstantsPacker::pack(std::size_t layer) {
  layer_ = layer;
  const models::IntegerOp& op = network_.layers[layer].op;
  if (const auto* conv = std::get_if<models::Conv>(&op)) {
    weights_ = pack_weights(*conv, plan_.layers[layer].in_type, level_);
    requantization_ = pack_requantization(conv->requantization);
  } else {
    const auto& depthwise = std::get<models::Depthwise>(op);
    const models::KernelLayer& l = plan_.layers[layer];
    weights_ = pack_weights(
        depthwise, fb_depthwise_bits(static_cast<std::uint32_t>(level_), models::bits(l.in_type),
                                     models::bits(l.weight_type)));
    requantization_ = pack_requantization(depthwise.requantization);
  }
}

}  // namespace freebits::profiler
