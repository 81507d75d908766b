// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "models/quantize/quantize.hpp"
#include "search/train/network.hpp"

namespace freebits::search {

/// Real value of a step of the network's input, whose integers are the image's bytes.
inline constexpr float kInputStep = 1.0F / 64;

/// What the integer model needs of a network with fixed widths (Quantization::gated is not looked
/// at), its running statistics taken for batch norm. Multipliers should be positive, with which
/// models::make_integer_network() has more weights to choose from: make_multipliers_positive()
/// comes before training.
[[nodiscard]] models::NetworkParameters integer_parameters(const models::Graph& graph,
                                                           Parameters& parameters,
                                                           const Quantization& quantization);

/// Negates gamma, running mean and weights of every channel whose gamma is below 0, which changes
/// nothing, and keeps all gammas above a small number from then on: requantization multiplies with
/// positive numbers only.
void make_multipliers_positive(const models::Graph& graph, Parameters& parameters);

}  // namespace freebits::search
