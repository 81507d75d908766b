// SPDX-License-Identifier: Apache-2.0
// What convolutions of all kinds have in common: weights, and requantization by output channel.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "base/error.hpp"
#include "models/graph/kinds/calibration.hpp"
#include "models/graph/kinds/op_fields.hpp"
#include "models/graph/kinds/op_functions.hpp"
#include "models/layers/checks.hpp"

namespace freebits::models {

template <class Op>
void check_weighted(const Op& op, unsigned channels, IntType in) {
  if (!is_signed(op.weight_type))
    throw Error(fmt::format("weights of {}, expected s8, s4 or s2", name(op.weight_type)));
  check_weights(op.weights, op.weight_type);
  check_steps(op.requantization, channels);
  for (unsigned c = 0; c < channels; ++c)
    check_channel(op.requantization, c, accumulator_bound(op, in, c));
}

/// Puts their common fields behind an op's own.
template <class Op>
Json with_weighted(Json json, const Op& op) {
  json["stride"] = op.stride;
  json["padding"] = to_json(op.padding);
  json["weight_type"] = name(op.weight_type);
  json["weights"] = Json::binary({op.weights.begin(), op.weights.end()});
  json["requantization"] = to_json(op.requantization);
  json["out_type"] = name(op.out_type);
  return json;
}

/// The field "weights".
[[nodiscard]] std::vector<std::int8_t> take_weights(Fields& fields);

template <class Op>
void take_weighted(Fields& fields, Op& op) {
  op.stride = fields.size("stride");
  op.padding = take_padding(fields);
  op.weight_type = take_type(fields, "weight_type");
  op.weights = take_weights(fields);
  op.requantization = take_requantization(fields);
  op.out_type = take_type(fields, "out_type");
}

/// Throws Error unless there are parameters for every channel, all numbers, weights in their range.
void check(const LayerParameters& parameters, std::size_t channels, IntType weight_type);

/// Turns the weights of an output channel around. The lowest has no counterpart: it becomes the
/// highest, one step from it; returns how many do.
unsigned negate(std::span<std::int8_t> weights, IntType type);

/// Adds the error of a channel to what is limited: no output is further off than its range is wide.
void add_error(const RealLayer& layer, std::size_t channel, double scale, double error);

template <class Op>
void fold_weighted(Op& op, unsigned channels, const RealLayer& layer) {
  const LayerParameters& p = layer.parameters;
  check(p, channels, op.weight_type);
  const std::size_t each = op.weights.size() / channels;
  std::vector<RealChannel> real;
  std::vector<double> off(channels, 0);  // by weights that cannot be negated
  for (unsigned c = 0; c < channels; ++c) {
    const double multiplier = p.multiplier[c];
    const double scale =
        std::abs(multiplier) * p.weight_scale[c] * layer.in_scale / layer.out_scale;
    if (multiplier < 0)
      off[c] = scale * largest(layer.in_type) *
               negate(std::span(op.weights).subspan(c * each, each), op.weight_type);
    const double bias = p.offset[c] / layer.out_scale;
    const double center = p.center.empty() ? bias : p.center[c] / layer.out_scale;
    real.push_back({.scale = scale,
                    .bias = bias,
                    .bound = accumulator_bound(op, layer.in_type, c),
                    .center = (center - bias) / scale});
  }
  op.requantization = folded(real, layer);
  for (unsigned c = 0; c < channels; ++c) {
    if (off[c] > 0) add_error(layer, c, real[c].scale, off[c]);
  }
}

/// Each channel to a mean and spread that touch both ends of the type, as batch norm would.
template <class Op>
void calibrate_weighted(const Op& op, Calibration& calibration) {
  calibration.fit_channels(op.out_type, calibration.sums(op), [&](unsigned channel) {
    return accumulator_bound(op, calibration.in_type(0), channel);
  });
}

}  // namespace freebits::models
