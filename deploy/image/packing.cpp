// SPDX-License-Identifier: Apache-2.0
#include "deploy/image/packing.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "base/error.hpp"
#include "freebits/kernel_layout.h"

namespace freebits::models {

std::vector<std::uint8_t> pack(const Tensor& tensor) {
  const unsigned width = bits(tensor.type), channels = tensor.shape.channels;
  const std::size_t pixels = std::size_t{tensor.shape.height} * tensor.shape.width;
  const std::size_t stride = fb_pixel_bytes(channels, width);
  std::vector<std::uint8_t> bytes(pixels * stride);
  for (std::size_t p = 0; p < pixels; ++p) {
    for (unsigned c = 0; c < channels; ++c) {
      const auto value = static_cast<unsigned>(tensor.values[p * channels + c]);
      bytes[p * stride + c * width / 8] |=
          static_cast<std::uint8_t>((value & ((1U << width) - 1)) << (c * width % 8));
    }
  }
  return bytes;
}

Tensor unpack(std::span<const std::uint8_t> bytes, Shape shape, IntType type, PaddingBits padding) {
  const unsigned width = bits(type), per_byte = 8 / width;
  const std::size_t pixels = std::size_t{shape.height} * shape.width;
  const std::size_t stride = fb_pixel_bytes(shape.channels, width);
  if (bytes.size() != pixels * stride) {
    throw Error(fmt::format("{} x {} x {} of {}: {} bytes, expected {}", shape.height, shape.width,
                            shape.channels, name(type), bytes.size(), pixels * stride));
  }
  Tensor tensor(shape, type);
  for (std::size_t p = 0; p < pixels; ++p) {
    for (unsigned c = 0; c < stride * per_byte; ++c) {
      std::int32_t value = bytes[p * stride + c / per_byte] >> (c % per_byte * width);
      value &= (1 << width) - 1;
      if (c >= shape.channels) {
        if (value == 0 || padding == PaddingBits::Ignored) continue;
        throw Error(fmt::format("pixel {}: the padding behind its {} channels is not zero", p,
                                shape.channels));
      }
      if (is_signed(type) && value > highest(type)) value -= 1 << width;
      tensor.values[p * shape.channels + c] = static_cast<std::int16_t>(value);
    }
  }
  return tensor;
}

}  // namespace freebits::models
