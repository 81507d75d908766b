// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "freebits/tb/cluster.hpp"

namespace freebits::tb {

/// Lets gdb look at a running cluster: `target remote :PORT`, a thread per core (1 … N). All cores
/// stop together. Breakpoints stop before the instruction retires, watchpoints after the access's,
/// single steps after the next retirement of the thread. Registers are those of the last retired
/// instruction, memory is what L1, L2 and L3 hold in that cycle: an instruction still in the
/// pipeline may have stored already. Registers cannot be written (the pipeline is running on them),
/// memory can. Listens on the loopback address only.
class GdbStub final : public ClusterObserver {
 public:
  /// Opens the port (0: any free one). Throws Error when it is taken. `cluster` must outlive the
  /// stub.
  GdbStub(Cluster& cluster, std::uint32_t entry, std::uint16_t port);
  ~GdbStub() override;

  [[nodiscard]] std::uint16_t port() const;

  /// The first call waits for gdb; then serves it whenever the cores stop. False after gdb has
  /// killed the run.
  bool cycle(const CycleView& view) override;

  /// Tells gdb, if it is still there, that the program is over.
  void exited(std::uint32_t exit_code);

  /// Set from outside (Ctrl-C): ends waiting for gdb.
  void interrupt_with(const std::atomic<bool>* interrupted);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace freebits::tb
