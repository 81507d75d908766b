// SPDX-License-Identifier: Apache-2.0
// Performance counters: mcycle, minstret, mhpmcounter3 ... 10, and mcountinhibit.
#pragma once

#include <array>
#include <cstdint>

namespace freebits::isa {

/// Each counter is a writable offset onto an event total that never stops, so that counting costs
/// the simulation next to nothing. Without time, mcycle counts instructions; of the hpm events only
/// taken branches (5) and loads and stores (10) happen here.
class Counters {
 public:
  static constexpr unsigned kCount = 11;
  static constexpr std::uint32_t kInhibitMask = 0x7fd;  ///< mcycle, minstret, mhpmcounter3 ... 10

  std::uint64_t traps = 0;
  std::uint64_t taken_branches = 0;
  std::uint64_t loads_and_stores = 0;

  /// Counter `index` (0 = mcycle, 2 = minstret, 3 ... 10) as an instruction sees it; `order` =
  /// instructions executed before it.
  [[nodiscard]] std::uint64_t read(unsigned index, std::uint64_t order) const;

  /// A write by the instruction numbered `order` replaces that instruction's own increment.
  void write(unsigned index, std::uint64_t value, std::uint64_t order);

  [[nodiscard]] std::uint32_t inhibit() const { return inhibit_; }

  /// Writes mcountinhibit; the instruction that does so still counts as the old value says.
  void write_inhibit(std::uint32_t value, std::uint64_t order);

 private:
  [[nodiscard]] bool inhibited(unsigned index) const { return (inhibit_ >> index & 1) != 0; }
  [[nodiscard]] std::uint64_t total(unsigned index, std::uint64_t order) const;

  std::array<std::uint64_t, kCount>
      offset_{};  ///< value - total, or the value itself while inhibited
  std::uint32_t inhibit_ = 0;
};

}  // namespace freebits::isa
