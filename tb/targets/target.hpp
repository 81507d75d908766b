// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tb/isa/level.hpp"

namespace freebits::tb {

/// Parameters of fb_cluster that change the Verilated model. Each geometry is Verilated once.
struct Geometry {
  unsigned cores = 8;                  ///< 1, 2, 4, 8, 16
  unsigned banks = 16;                 ///< of the TCDM; a power of two, 2 … 64
  std::uint32_t l1_bytes = 128 << 10;  ///< a power of two, 4 KiB … 1 MiB
  std::uint32_t icache_bytes = 4 << 10;
  unsigned icache_ways = 4;
  unsigned icache_banks = 2;
  std::uint32_t fetch_buffer_bytes = 512;
  unsigned dma_queue_depth = 8;
  unsigned dma_read_ahead = 32;

  friend bool operator==(const Geometry&, const Geometry&) = default;
};

/// On-chip memory behind the outside port: 64 bit per cycle.
struct L2Parameters {
  std::uint32_t bytes = 1536 << 10;  ///< a multiple of 16
  unsigned latency = 6;  ///< cycles from the request on the port to the answer on it, unloaded
};

/// Off-chip memory (HyperRAM class) behind its own channel; the channel also holds the L3 DMA.
struct L3Parameters {
  std::uint32_t bytes = 8 << 20;  ///< a multiple of 16; 0: none
  unsigned latency = 100;         ///< cycles to the first byte of a burst
  double bytes_per_cycle = 1.0;   ///< within a burst
  unsigned burst_bytes = 512;     ///< longest burst (a power of two, at least 8)
  unsigned burst_setup =
      12;  ///< cycles the channel is taken for before each further burst of a transfer
};

/// A target: a chip, as `--target` names it. Files: tb/targets/*.toml.
struct Target {
  std::string name;
  isa::Level level = isa::Level::FlexV;
  Geometry geometry;
  L2Parameters l2;
  L3Parameters l3;
  double clock_mhz = 250.0;  ///< only converts cycles to time
};

/// Reads a target by name (a file NAME.toml in the shipped folder) or by path. Throws Error with
/// file and line for what is unknown, missing, of the wrong type or impossible, and says what would
/// be right.
[[nodiscard]] Target load_target(const std::string& name_or_path);
/// Parses the text of a target file; `origin` names it in messages.
[[nodiscard]] Target parse_target(std::string_view text, const std::string& origin);
/// Throws Error when the combination cannot be built.
void validate(const Target& target);
/// Names of the targets that ship, in order.
[[nodiscard]] std::vector<std::string> shipped_targets();
/// The whole target as TOML, every parameter written out; parse_target reads it back equal.
[[nodiscard]] std::string to_toml(const Target& target);
/// Hash over every parameter except the name: the identity of what was measured (16 hex digits).
[[nodiscard]] std::string target_hash(const Target& target);

}  // namespace freebits::tb
