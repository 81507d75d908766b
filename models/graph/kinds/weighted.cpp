// SPDX-License-Identifier: Apache-2.0
#include "models/graph/kinds/weighted.hpp"

namespace freebits::models {

std::vector<std::int8_t> take_weights(Fields& fields) {
  const Json& value = fields.take("weights");
  if (!value.is_binary()) fields.fail("weights", shown(value), "bytes");
  const auto& bytes = value.get_binary();
  return {bytes.begin(), bytes.end()};
}

void check(const LayerParameters& p, std::size_t channels, IntType weight_type) {
  expect("weight scales", p.weight_scale.size(), channels);
  expect("multipliers", p.multiplier.size(), channels);
  expect("offsets", p.offset.size(), channels);
  for (std::size_t c = 0; c < channels; ++c) {
    if (!(p.weight_scale[c] > 0) || !std::isfinite(p.weight_scale[c]))
      throw Error(fmt::format("weight scale of channel {}: {}, expected a positive number", c,
                              p.weight_scale[c]));
    if (!std::isfinite(p.multiplier[c]) || !std::isfinite(p.offset[c]))
      throw Error(fmt::format("channel {}: multiplier {} and offset {}, expected finite numbers", c,
                              p.multiplier[c], p.offset[c]));
  }
  if (!p.center.empty()) expect("centers", p.center.size(), channels);
  check_weights(p.weights, weight_type);
}

unsigned negate(std::span<std::int8_t> weights, IntType type) {
  unsigned off = 0;
  for (std::int8_t& w : weights) {
    off += w == lowest(type) ? 1 : 0;
    w = static_cast<std::int8_t>(std::min(-w, static_cast<int>(highest(type))));
  }
  return off;
}

void add_error(const RealLayer& layer, std::size_t channel, double scale, double error) {
  std::vector<LimitedChannel>& limited = layer.limited.channels;
  const double most = highest(layer.out_type) - lowest(layer.out_type);
  const auto known = std::ranges::find(limited, channel, &LimitedChannel::channel);
  if (known != limited.end()) {
    known->error = std::min(most, known->error + error);
  } else {
    limited.push_back({channel, scale, scale, std::min(most, error)});
  }
}

}  // namespace freebits::models
