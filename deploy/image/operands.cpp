// SPDX-License-Identifier: Apache-2.0
#include "deploy/image/operands.hpp"

#include <cstring>

#include "freebits/kernel_layout.h"

namespace freebits::profiler {
namespace {

constexpr unsigned kGroup = 4;  ///< output channels computed together

unsigned groups(std::size_t channels) {
  return static_cast<unsigned>((channels + kGroup - 1) / kGroup);
}

}  // namespace

std::vector<std::uint8_t> pack_weights(const models::Conv& l, models::IntType in,
                                       isa::Level level) {
  const unsigned a_bits = models::bits(in), w_bits = models::bits(l.weight_type);
  const unsigned dot_bits = fb_dot_bits(static_cast<unsigned>(level), a_bits, w_bits);
  const unsigned padded = fb_pixel_bytes(l.in_channels, a_bits) * 8 / a_bits;
  const unsigned step = fb_step_elements(a_bits, w_bits);
  const unsigned steps = fb_row_steps(l.kernel_width * padded, a_bits, w_bits);
  const unsigned words = fb_step_words(a_bits, w_bits);
  std::vector<std::uint8_t> bytes(std::size_t{groups(l.out_channels)} * l.kernel_height * steps *
                                  words * kGroup * 4);
  std::size_t at = 0;
  for (unsigned o = 0; o < l.out_channels; ++o) {
    for (unsigned ky = 0; ky < l.kernel_height; ++ky) {
      const std::size_t row = (std::size_t{o / kGroup} * l.kernel_height + ky) * steps;
      for (unsigned kx = 0; kx < l.kernel_width; ++kx) {
        for (unsigned c = 0; c < l.in_channels; ++c) {
          const unsigned element = kx * padded + c;
          const fb_bit_position p = fb_weight_position(element % step, dot_bits, a_bits, w_bits);
          const std::size_t word = ((row + element / step) * words + p.word) * kGroup + o % kGroup;
          const auto value = static_cast<unsigned>(l.weights[at++]) & ((1U << w_bits) - 1);
          bytes[word * 4 + p.bit / 8] |= static_cast<std::uint8_t>(value << (p.bit % 8));
        }
      }
    }
  }
  return bytes;
}

std::vector<std::uint8_t> pack_weights(const models::Depthwise& l, unsigned bits) {
  std::vector<std::uint32_t> rows(std::size_t{groups(l.channels)} * kGroup * 3);
  std::size_t at = 0;
  for (unsigned c = 0; c < l.channels; ++c) {
    for (unsigned ky = 0; ky < 3; ++ky) {
      for (unsigned kx = 0; kx < 3; ++kx) {
        const auto tap = static_cast<unsigned>(l.weights[at++]) & ((1U << bits) - 1);
        rows[std::size_t{c} * 3 + ky] |= tap << (kx * bits);
      }
    }
  }
  std::vector<std::uint8_t> bytes(rows.size() * sizeof rows[0]);
  std::memcpy(bytes.data(), rows.data(), bytes.size());
  return bytes;
}

std::vector<std::uint8_t> pack_requantization(const models::Requantization& r) {
  std::vector<fb_requant_channel> channels = r.channels;
  channels.resize(std::size_t{groups(channels.size())} * kGroup);
  std::vector<std::uint8_t> bytes(channels.size() * sizeof(fb_requant_channel));
  std::memcpy(bytes.data(), channels.data(), bytes.size());
  return bytes;
}

}  // namespace freebits::profiler
