// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tb/geometry/cycle_view.hpp"
#include "tb/memory/outside.hpp"
#include "tb/program/elf.hpp"
#include "tb/targets/target.hpp"

namespace freebits::tb {

struct ClusterOptions {
  Visibility visibility = Visibility::Plain;
  std::filesystem::path trace{};               ///< Traced: FST file
  std::uint64_t trace_from = 0;                ///< first cycle written
  std::uint64_t trace_to = ~std::uint64_t{0};  ///< first cycle no longer written
  /// Called with a line of text while a geometry is built for the first time.
  std::function<void(std::string_view)> on_build{};
};

/// A Verilated cluster with its L2, L3 and L3 DMA. Deterministic: the same program takes the same
/// cycles, always. One thread at a time; any number of clusters in one process, each in its thread.
class Cluster {
 public:
  /// Builds the geometry if this machine has not yet (minutes; kept in a cache).
  explicit Cluster(const Target& target, const ClusterOptions& options = {});
  /// With something of one's own beyond the port in place of L2, L3 and L3 DMA.
  Cluster(const Target& target, const ClusterOptions& options, Outside& outside);
  ~Cluster();
  Cluster(Cluster&&) noexcept;
  Cluster& operator=(Cluster&&) noexcept;

  [[nodiscard]] const Target& target() const;
  [[nodiscard]] unsigned cores() const;

  /// Loads the segments into L1, L2 or L3 and resets to the entry. Throws Error naming the segment
  /// that lies elsewhere.
  void load(const Elf& elf);
  /// Back door, no cycles: L1, L2, L3. False: (partly) outside them, nothing done. L1 test-and-set
  /// alias excluded.
  [[nodiscard]] bool read(std::uint32_t address, std::span<std::uint8_t> bytes) const;
  [[nodiscard]] bool write(std::uint32_t address, std::span<const std::uint8_t> bytes);

  /// Reset: every core starts at `entry`; memories keep their contents, counters restart at 0.
  void reset(std::uint32_t entry);

  /// Stores of the cores or the DMA into the aligned 8-byte block at `address` (in L2 or L3) stop
  /// run().
  void watch(std::uint32_t address);

  /// For a debugger, out of an observer's cycle(): lets a core go on at `pc` with the registers
  /// x1 … x31, as if its last retired instruction had left them so. False, nothing done, while it
  /// is in the middle of an instruction; never in a cycle in which it retires one.
  [[nodiscard]] bool set_registers(unsigned core, std::span<const std::uint32_t, 32> x,
                                   std::uint32_t pc);

  using Stop = ClusterStop;
  /// Runs until cycle number `until`, a store into a watched block, the observer's wish, or until
  /// every core sleeps, or waits in the event unit for the answer of a plain load, with nothing
  /// left that could wake one (no transfer, no timer, no answer outstanding). `observer` needs
  /// Visibility::Observed or Traced.
  Stop run(std::uint64_t until, ClusterObserver* observer = nullptr);
  /// After Stop::Stored: the address of the word, once.
  [[nodiscard]] std::optional<std::uint32_t> take_stored();

  /// Everything, memories included, between two runs: what restore() goes on from, to the cycle as
  /// if nothing had happened. Not with something of one's own beyond the port, nor with waveforms
  /// (throws Error).
  [[nodiscard]] std::vector<std::uint8_t> save() const;
  /// On a cluster of the same target, made by the same program: throws Error when it is another's.
  /// Watched blocks stay.
  void restore(std::span<const std::uint8_t> state);

  [[nodiscard]] std::uint64_t cycles() const;
  [[nodiscard]] CoreStatistics core(unsigned index) const;
  /// Of the instruction in EX, or the last one there.
  [[nodiscard]] std::uint32_t pc(unsigned index) const;
  /// Where a core stands, for a watchdog's message: "sleeps at barrier 2 (waits for cores 3, 5)",
  /// "waits for data at 0x…".
  [[nodiscard]] std::string waiting(unsigned index) const;

  class Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace freebits::tb
