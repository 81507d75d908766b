// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "tb/host/corev_peripherals.hpp"
#include "tb/host/htif.hpp"

namespace freebits::tb {

/// The host devices of a program: HTIF if the program has `tohost`, and CORE-V's peripherals at
/// addresses where the program has no memory of its own.
class Host {
 public:
  Host(const Elf& elf, HostMemory& memory, const Htif::Console& console)
      : htif_(elf, memory, console), corev_(memory, console) {
    if (htif_.tohost()) watched_.push_back(*htif_.tohost());
    for (const std::uint32_t block : CorevPeripherals::kWatched) {
      if (!owns(elf, block)) watched_.push_back(block);
    }
  }

  /// Aligned 8-byte blocks whose stores it has to see.
  [[nodiscard]] const std::vector<std::uint32_t>& watched() const { return watched_; }
  void stored(std::uint32_t address, std::uint64_t now) {
    if (htif_.tohost() && address - *htif_.tohost() < 8) {
      htif_.stored(address, now);
    } else {
      corev_.stored(address);
    }
  }
  [[nodiscard]] std::optional<std::uint32_t> exit_code() const {
    return htif_.exit_code() ? htif_.exit_code() : corev_.exit_code();
  }
  Htif& htif() { return htif_; }

 private:
  static bool owns(const Elf& elf, std::uint32_t block) {
    return std::ranges::any_of(elf.segments, [block](const Elf::Segment& s) {
      const std::uint64_t end = std::uint64_t{s.address} + s.memory_size;
      return block < end && s.address < std::uint64_t{block} + 8;
    });
  }

  std::vector<std::uint32_t> watched_;
  Htif htif_;
  CorevPeripherals corev_;
};

}  // namespace freebits::tb
