// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "tb/host/host_memory.hpp"

namespace freebits::tb {

/// The printer and the status flags that CORE-V verification programs (core-v-verif) talk to, at
/// both places their board support packages have used: 0x00800000 and 0x10000000 / 0x20000000.
/// Plain RAM to the core; the host watches the stores.
class CorevPeripherals {
 public:
  using Console = std::function<void(std::string_view)>;

  CorevPeripherals(const HostMemory& memory, Console console)
      : memory_(memory), console_(std::move(console)) {}

  /// Aligned 8-byte blocks whose stores it has to see.
  static constexpr std::array<std::uint32_t, 4> kWatched = {0x0080'0000, 0x0080'00c0, 0x1000'0000,
                                                            0x2000'0000};

  /// Called when the program has stored to the word at `address` in one of these blocks.
  void stored(std::uint32_t address);

  [[nodiscard]] std::optional<std::uint32_t> exit_code() const { return exit_code_; }

 private:
  const HostMemory& memory_;
  Console console_;
  std::optional<std::uint32_t> exit_code_;
};

}  // namespace freebits::tb
