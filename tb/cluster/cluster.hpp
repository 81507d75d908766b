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
  /// Builds the geometry if it is not in the cache yet (15 to 30 seconds on a quiet machine).
  explicit Cluster(const Target& target, const ClusterOptions& options = {});
  /// The same with `outside` beyond the port instead of L2, L3 and L3 DMA; it must outlive this.
  Cluster(const Target& target, const ClusterOptions& options, Outside& outside);
  ~Cluster();
  Cluster(Cluster&&) noexcept;
  Cluster& operator=(Cluster&&) noexcept;

  [[nodiscard]] const Target& target() const;
  [[nodiscard]] unsigned cores() const;

  /// Loads the segments into L1, L2 or L3 and resets to the entry point. Throws Error, naming the
  /// segment, if one lies outside of them.
  void load(const Elf& elf);
  /// Access to L1, L2 and L3 that takes no cycles. Returns false and does nothing if the bytes are
  /// not all inside one of them. The test-and-set alias of L1 is excluded.
  [[nodiscard]] bool read(std::uint32_t address, std::span<std::uint8_t> bytes) const;
  [[nodiscard]] bool write(std::uint32_t address, std::span<const std::uint8_t> bytes);

  /// Reset: every core starts at `entry`; memories keep their contents, counters restart at 0.
  void reset(std::uint32_t entry);

  /// Stores of the cores or the DMA into the aligned 8-byte block at `address` (in L2 or L3) stop
  /// run().
  void watch(std::uint32_t address);

  /// For a debugger, called from an observer's cycle(): a core continues at `pc` with the registers
  /// x1 … x31, as if its last retired instruction had left them so. Returns false and does nothing
  /// while the core is in the middle of an instruction, never in a cycle in which it retires one.
  [[nodiscard]] bool set_registers(unsigned core, std::span<const std::uint32_t, 32> x,
                                   std::uint32_t pc);

  using Stop = ClusterStop;
  /// Runs until cycle number `until`, until a store into a watched block, until the observer ends
  /// the run, or until every core sleeps, or waits in the event unit for the answer of a plain
  /// load, and nothing is left that could wake one (no transfer, timer or outstanding answer).
  /// `observer` needs Visibility::Observed or Traced.
  Stop run(std::uint64_t until, ClusterObserver* observer = nullptr);
  /// After Stop::Stored: the address of the word, once.
  [[nodiscard]] std::optional<std::uint32_t> take_stored();

  /// The whole state, memories included, between two runs; restore() continues from it to the same
  /// cycles. Throws Error for a cluster with an `outside` of its own or with waveforms.
  [[nodiscard]] std::vector<std::uint8_t> save() const;
  /// Continues from a state that save() of the same program made for the same target; throws Error
  /// for any other. Watched blocks stay.
  void restore(std::span<const std::uint8_t> state);

  [[nodiscard]] std::uint64_t cycles() const;
  [[nodiscard]] CoreStatistics core(unsigned index) const;
  /// The address of the instruction in EX, or of the last one there.
  [[nodiscard]] std::uint32_t pc(unsigned index) const;
  /// Where a core stands, for a watchdog's message: "sleeps at barrier 2 (waits for cores 3, 5)",
  /// "waits for data at 0x…".
  [[nodiscard]] std::string waiting(unsigned index) const;

  class Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace freebits::tb
