// SPDX-License-Identifier: Apache-2.0
#include "deploy/kernels/operands.hpp"

#include <cstring>

namespace freebits::models {

std::vector<std::uint8_t> pack_requantization(const Requantization& r) {
  std::vector<fb_requant_channel> channels = r.channels;
  channels.resize(std::size_t{channel_groups(channels.size())} * kGroup);
  std::vector<std::uint8_t> bytes(channels.size() * sizeof(fb_requant_channel));
  std::memcpy(bytes.data(), channels.data(), bytes.size());
  return bytes;
}

}  // namespace freebits::models
