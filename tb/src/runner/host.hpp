// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "freebits/tb/corev_peripherals.hpp"
#include "freebits/tb/htif.hpp"

namespace freebits::tb {

/// Whoever listens on the host side: HTIF if the program has `tohost`, else the CORE-V peripherals.
class Host {
 public:
  Host(const Elf& elf, HostMemory& memory, const Htif::Console& console)
      : htif_(elf, memory, console), corev_(memory, console) {}

  /// Aligned 8-byte blocks whose stores it wants to hear of.
  [[nodiscard]] std::vector<std::uint32_t> watched() const {
    if (htif_.tohost()) return {*htif_.tohost()};
    return {CorevPeripherals::kWatched.begin(), CorevPeripherals::kWatched.end()};
  }
  void stored(std::uint32_t address, std::uint64_t now) {
    if (htif_.tohost()) {
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
  Htif htif_;
  CorevPeripherals corev_;
};

}  // namespace freebits::tb
