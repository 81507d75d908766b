// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "tb/host/host_memory.hpp"
#include "tb/program/elf.hpp"

namespace freebits::tb {

/// The host side of the host-target interface of riscv-tests and the proxy kernel: a program talks
/// by storing to `tohost`. Device 0: bit 0 set = exit with code value >> 1; otherwise the address
/// of a system-call block (write and exit are served). Device 1, command 1: one console character.
class Htif {
 public:
  using Console = std::function<void(std::string_view)>;
  struct Write {
    std::uint32_t address = 0;
    std::uint32_t value = 0;
  };

  /// `memory` must outlive it. `repeat_wait`: how long a lower word must have stood alone before
  /// its repetition counts; where several cores may store at once.
  Htif(const Elf& elf, HostMemory& memory, Console console, std::uint64_t repeat_wait = 0);

  /// Address of tohost, if the program has one.
  [[nodiscard]] std::optional<std::uint32_t> tohost() const { return tohost_; }

  /// The program stored to the word at `address` (in tohost, at time `now` in cycles or
  /// instructions).
  void stored(std::uint32_t address, std::uint64_t now);

  /// A 32-bit core writes the 64 bits of tohost as two words, in either order and with anything in
  /// between. A value counts when both have been written; the lower word alone when the same value
  /// is stored to it again (programs that know no upper word repeat themselves), when flush() says
  /// that the program does nothing more, or after kLoneWordWait.
  static constexpr std::uint64_t kLoneWordWait = 10'000;
  void tick(std::uint64_t now);  ///< call now and then while pending()
  [[nodiscard]] bool pending() const { return pending_since_.has_value(); }
  void flush();

  [[nodiscard]] std::optional<std::uint32_t> exit_code() const { return exit_code_; }

  /// Words the host has written since the last call, for a model with memory of its own.
  [[nodiscard]] std::vector<Write> take_writes();

 private:
  void act(std::uint64_t value);
  void system_call(std::uint32_t block);
  void write(std::uint32_t address, std::uint32_t value);

  HostMemory& memory_;
  Console console_;
  std::uint64_t repeat_wait_;
  std::optional<std::uint32_t> tohost_, fromhost_, exit_code_;
  std::optional<std::uint64_t> pending_since_;
  std::optional<std::uint32_t> lower_;  ///< as last stored, while pending
  bool upper_written_ = false;
  std::vector<Write> writes_;
};

}  // namespace freebits::tb
