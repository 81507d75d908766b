// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tb/cluster/cluster.hpp"
#include "tb/runner/semihosting.hpp"
#include "tb/runner/trap_watch.hpp"

namespace freebits::tb {

/// Finds cores that are lost: in traps without a handler, or in a jump to itself. The run ends when
/// this is true of every core that does not sleep, and has been for kPatience cycles, because an
/// interrupt may still come.
class ClusterWatch final : public ClusterObserver {
 public:
  explicit ClusterWatch(const Cluster& cluster);
  bool cycle(const CycleView& view) override;

  /// Ended the run: a core's semihosting exit.
  [[nodiscard]] std::optional<std::uint32_t> exit_code() const { return exit_code_; }
  /// Ended the run: no core will ever do anything else.
  [[nodiscard]] bool all_lost() const { return all_lost_; }
  /// A core is lost in traps.
  [[nodiscard]] bool trapped() const;
  /// What is known about the cores that are lost, or nothing.
  [[nodiscard]] std::optional<std::string> message() const;

 private:
  static constexpr std::uint64_t kPatience = 100'000;  ///< cycles

  struct Core {
    std::array<std::uint32_t, 32> x{};  ///< as its instructions have left them
    TrapWatch traps;
    std::optional<std::string> trap;   ///< lost: why
    std::optional<isa::Retired> loop;  ///< jumps to itself
    [[nodiscard]] bool lost() const { return trap || loop; }
  };
  void retired(Core& core, const isa::Retired& r);
  [[nodiscard]] CoreSim::Trap trap_of(const Core& core, const isa::Retired& r) const;

  const Cluster& cluster_;
  Semihosting semihosting_;
  std::optional<std::uint32_t> exit_code_;
  std::vector<Core> cores_;
  std::uint64_t last_change_ = 0;  ///< cycle in which some core was neither lost nor asleep
  bool all_lost_ = false;
};

/// "core 0 …; cores 1-7 …": cores that say the same are named together.
[[nodiscard]] std::string describe_cores(const std::vector<std::string>& texts);

}  // namespace freebits::tb
