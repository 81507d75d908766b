// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "freebits/models/tensor.hpp"

namespace freebits::models {

/// Bytes of a tensor in memory: HWC, the channels of a pixel little-endian, padded with zeros to
/// whole 32-bit words.
[[nodiscard]] std::vector<std::uint8_t> pack(const Tensor& tensor);

/// The inverse. Throws std::invalid_argument when `bytes` is not of the tensor's size or a bit of
/// the padding is set.
[[nodiscard]] Tensor unpack(std::span<const std::uint8_t> bytes, Shape shape, IntType type);

}  // namespace freebits::models
