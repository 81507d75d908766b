// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace freebits::cli {

/// The processor's count of instructions this thread executes in user mode (perf_event_open).
class HostInstructions {
 public:
  HostInstructions();
  ~HostInstructions();
  HostInstructions(const HostInstructions&) = delete;
  HostInstructions& operator=(const HostInstructions&) = delete;

  /// False on machines, or for users, without hardware counters.
  [[nodiscard]] bool available() const { return descriptor_ >= 0; }
  void start();
  /// Since start(); nothing when not available or the counter did not run all the time.
  [[nodiscard]] std::optional<std::uint64_t> stop();

 private:
  int descriptor_ = -1;
};

}  // namespace freebits::cli
