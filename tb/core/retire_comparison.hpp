// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "tb/isa/hart.hpp"
#include "tb/isa/retired.hpp"

namespace freebits::tb {

/// The comparison that both lock-step checks use: one hart beside one core, instruction by
/// instruction, with the history that a report needs.
class RetireComparison {
 public:
  /// Steps the model over the instruction the core retired (time-dependent CSR values are taken
  /// over) and compares every field. Returns nothing, or the report of a difference: `complaint`,
  /// fields, last instructions.
  std::optional<std::string> step(isa::Hart& hart, const isa::Retired& core, std::uint64_t cycle,
                                  const std::string& complaint);

 private:
  struct Entry {
    isa::Retired retired;
    std::uint64_t cycle;
  };
  std::deque<Entry> history_;
};

}  // namespace freebits::tb
