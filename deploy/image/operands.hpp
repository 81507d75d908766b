// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "models/layers/layers.hpp"
#include "tb/isa/level.hpp"

namespace freebits::profiler {

/// Weights as the kernels of a level read them (freebits/kernel_layout.h).
[[nodiscard]] std::vector<std::uint8_t> pack_weights(const models::Conv& layer, models::IntType in,
                                                     isa::Level level);
/// `bits`: fb_depthwise_bits().
[[nodiscard]] std::vector<std::uint8_t> pack_weights(const models::Depthwise& layer, unsigned bits);

/// The requantization of each channel, padded with zeros to a multiple of four.
[[nodiscard]] std::vector<std::uint8_t> pack_requantization(const models::Requantization& r);

}  // namespace freebits::profiler
