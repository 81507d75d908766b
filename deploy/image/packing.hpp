// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/layers/tensor.hpp"

namespace freebits::models {

/// Bytes of a tensor in memory: HWC, the channels of a pixel little-endian, padded with zeros to
/// whole 32-bit words.
[[nodiscard]] std::vector<std::uint8_t> pack(const Tensor& tensor);

/// Bits behind a pixel's last channel, up to its last whole word.
enum class PaddingBits : std::uint8_t { Zero, Ignored };

/// The inverse. Throws Error when `bytes` is not of the tensor's size, or a bit of
/// the padding is set that should be zero.
[[nodiscard]] Tensor unpack(std::span<const std::uint8_t> bytes, Shape shape, IntType type,
                            PaddingBits padding = PaddingBits::Zero);

}  // namespace freebits::models
