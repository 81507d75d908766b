// SPDX-License-Identifier: Apache-2.0
#include "deploy/image/constants.hpp"

#include <span>

#include "deploy/kernels/kernel.hpp"
#include "deploy/kernels/operands.hpp"
#include "models/graph/kinds/op_functions.hpp"

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
  const models::KernelLayer& l = plan_.layers[layer];
  weights_ = kernel(l.kind).pack_weights(op, l, static_cast<unsigned>(level_));
  requantization_ = models::pack_requantization(*models::requantization_of(op));
}

}  // namespace freebits::profiler
