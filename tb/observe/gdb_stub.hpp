// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "tb/cluster/cluster.hpp"

namespace freebits::tb {

/// Lets gdb look at a running cluster: `target remote :PORT`, a thread per core (1 … N). All cores
/// stop together. Breakpoints stop before the instruction retires, watchpoints after the access's,
/// single steps after the next retirement of the thread. Registers are those of the last retired
/// instruction, memory is what L1, L2 and L3 hold in that cycle: an instruction still in the
/// pipeline may have stored already. Both can be written; registers only of a core that is between
/// two instructions, as the one that has stopped is. gdb may leave and come back: after `detach`
/// the cores run on, after `disconnect` they stand still until gdb connects again. Listens on the
/// loopback address only.
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

  /// gdb has ended the run.
  [[nodiscard]] bool killed() const;

  // These tell gdb, if it is connected, that the program exited or could not go on.
  void exited(std::uint32_t exit_code);
  void failed(std::string_view message);

  /// When `flag` is set (Ctrl-C), every wait for gdb ends, and the run with it.
  void interrupt_with(const std::atomic<bool>* interrupted);
  /// Receives a line of text when the cores stand still because gdb has left.
  void say_with(std::function<void(std::string_view)> say);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace freebits::tb
