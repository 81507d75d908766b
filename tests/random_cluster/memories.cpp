// SPDX-License-Identifier: Apache-2.0
#include "memories.hpp"

namespace freebits::random_cluster {

Memories::Memories() {
  constexpr std::uint32_t kBases[] = {n::L1Base, kL2Data, kL3Data};
  for (std::size_t i = 0; i < areas_.size(); ++i) {
    areas_[i].base = kBases[i];
    areas_[i].initial.resize(kDataBytes);
    areas_[i].expected.resize(kDataBytes);
    areas_[i].judged.resize(kDataBytes);
  }
}

void Memories::put(std::uint32_t address, std::uint8_t value) {
  Area& area = find(areas_, address);
  area.initial[address - area.base] = area.expected[address - area.base] = value;
}

void Memories::judge(std::uint32_t address, std::uint32_t bytes) {
  Area& area = find(areas_, address);
  for (std::uint32_t i = 0; i < bytes; ++i) area.judged[address - area.base + i] = true;
}

void Memories::expect(std::uint32_t address, std::uint8_t value) {
  Area& area = find(areas_, address);
  area.expected[address - area.base] = value;
  area.judged[address - area.base] = true;
}

void Memories::expect_word(std::uint32_t address, std::uint32_t value) {
  for (unsigned i = 0; i < 4; ++i) {
    expect(address + i, static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

std::uint8_t Memories::expected(std::uint32_t address) const {
  const Area& area = find(areas_, address);
  return area.expected[address - area.base];
}

}  // namespace freebits::random_cluster
