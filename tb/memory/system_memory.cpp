// SPDX-License-Identifier: Apache-2.0
#include "tb/memory/system_memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/error.hpp"

namespace freebits::tb {

void SystemMemory::add_region(std::uint32_t base, std::uint32_t size, bool writable) {
  if (size == 0 || base % 4 != 0 || size % 4 != 0 || std::uint64_t{base} + size > (1ULL << 32)) {
    throw Error(
        fmt::format("memory region {:#x}:{:#x}: base and size must be multiples of 4, the size at "
                    "least 4 and the end within 4 GiB",
                    base, size));
  }
  for (const Region& r : regions_) {
    if (base < r.base + std::uint64_t{r.bytes.size()} && r.base < base + std::uint64_t{size}) {
      throw Error(fmt::format("memory region {:#x}:{:#x} overlaps region {:#x}:{:#x}", base, size,
                              r.base, r.bytes.size()));
    }
  }
  regions_.push_back({base, writable, std::vector<std::uint8_t>(size)});
}

const SystemMemory::Region* SystemMemory::find(std::uint32_t address, std::uint32_t size) const {
  for (const Region& r : regions_) {
    if (r.contains(address, size)) return &r;
  }
  return nullptr;
}

SystemMemory::Region* SystemMemory::find(std::uint32_t address, std::uint32_t size) {
  return const_cast<Region*>(std::as_const(*this).find(address, size));
}

bool SystemMemory::write(std::uint32_t address, std::span<const std::uint8_t> data) {
  Region* region = find(address, static_cast<std::uint32_t>(data.size()));
  if (region == nullptr) return false;
  std::ranges::copy(data, region->bytes.begin() + (address - region->base));
  return true;
}

bool SystemMemory::read(std::uint32_t address, std::span<std::uint8_t> data) const {
  const Region* region = find(address, static_cast<std::uint32_t>(data.size()));
  if (region == nullptr) return false;
  std::memcpy(data.data(), region->bytes.data() + (address - region->base), data.size());
  return true;
}

bool SystemMemory::write_word(std::uint32_t address, std::uint32_t value) {
  std::array<std::uint8_t, 4> bytes{};
  std::memcpy(bytes.data(), &value, 4);
  return write(address, bytes);
}

std::uint32_t SystemMemory::read_word(std::uint32_t address) const {
  std::array<std::uint8_t, 4> bytes{};
  std::uint32_t value = 0;
  if (read(address, bytes)) std::memcpy(&value, bytes.data(), 4);
  return value;
}

}  // namespace freebits::tb
