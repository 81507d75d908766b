// SPDX-License-Identifier: Apache-2.0
// Operands as the kernels read them (freebits/kernel_layout.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/layers/rescale.hpp"

namespace freebits::models {

inline constexpr unsigned kGroup = 4;  ///< output channels computed together

[[nodiscard]] inline unsigned channel_groups(std::size_t channels) {
  return static_cast<unsigned>((channels + kGroup - 1) / kGroup);
}

/// The requantization of each channel, padded with zeros to a multiple of four.
[[nodiscard]] std::vector<std::uint8_t> pack_requantization(const Requantization& r);

}  // namespace freebits::models
