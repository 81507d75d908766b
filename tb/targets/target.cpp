// SPDX-License-Identifier: Apache-2.0
#include "tb/targets/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/data_folder.hpp"
#include "base/error.hpp"
#include "base/read.hpp"
#include "base/sha256.hpp"

namespace freebits::tb {
namespace {

constexpr std::uint32_t kLineBytes = 16;  ///< of the instruction cache
constexpr std::uint32_t kMaximumL2 = 1U << 28;
constexpr std::uint32_t kMaximumL3 = 1U << 30;

std::filesystem::path shipped_folder() { return data_folder() / "tb" / "targets"; }

/// The message with every parameter that must be a power of two within bounds named once.
void require_power(const std::string& where, std::uint32_t value, std::uint32_t low,
                   std::uint32_t high) {
  if (std::has_single_bit(value) && value >= low && value <= high) return;
  throw Error(
      fmt::format("{} is {}; expected a power of two from {} to {}", where, value, low, high));
}

void validate(const Geometry& g) {
  require_power("[cluster] cores", g.cores, 1, 16);
  require_power("[cluster] banks", g.banks, 2, 64);
  require_power("[cluster] l1", g.l1_bytes, 4 << 10, 1 << 20);
  if (const std::uint32_t words = g.l1_bytes / 4 / g.banks; words < 64) {
    throw Error(fmt::format(
        "[cluster] l1: {} bytes in {} banks make {} words a bank; expected at least 64, so an l1 "
        "of at least {} KiB or fewer banks",
        g.l1_bytes, g.banks, words, std::max(4U, 256 * g.banks >> 10)));
  }
  require_power("[icache] size", g.icache_bytes, 256, 256 << 10);
  require_power("[icache] ways", g.icache_ways, 1, 16);
  require_power("[icache] banks", g.icache_banks, 1, 16);
  const std::uint32_t least = 2 * kLineBytes * g.icache_ways * g.icache_banks;
  if (g.icache_bytes < least) {
    throw Error(fmt::format(
        "[icache] size: {} bytes in {} banks of {} ways make fewer than 2 sets of {}-byte lines; "
        "expected at least {} bytes, or fewer banks or ways",
        g.icache_bytes, g.icache_banks, g.icache_ways, kLineBytes, least));
  }
  require_power("[icache] fetch_buffer", g.fetch_buffer_bytes, 256, 4096);
  require_power("[dma] queue_depth", g.dma_queue_depth, 2, 64);
  require_power("[dma] read_ahead", g.dma_read_ahead, 4, 256);
}

void require_size(const std::string& where, std::uint32_t bytes, std::uint32_t low,
                  std::uint32_t high) {
  if (bytes % 16 == 0 && bytes >= low && bytes <= high) return;
  throw Error(fmt::format("{} is {} bytes; expected a multiple of 16 from {} to {} MiB", where,
                          bytes, low, high >> 20));
}

void require_range(const std::string& where, double value, double low, double high) {
  if (value >= low && value <= high) return;
  throw Error(fmt::format("{} is {}; expected {} to {}", where, value, low, high));
}

std::string names_of(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

void validate(const Target& target) {
  validate(target.geometry);
  require_size("[l2] size", target.l2.bytes, 16, kMaximumL2);
  require_range("[l2] latency", target.l2.latency, 1, 10'000);
  require_size("[l3] size", target.l3.bytes, 0, kMaximumL3);
  require_range("[l3] latency", target.l3.latency, 1, 100'000);
  require_range("[l3] bytes_per_cycle", target.l3.bytes_per_cycle, 1.0 / 1024, 8);
  require_power("[l3] burst", target.l3.burst_bytes, 8, 1 << 20);
  require_range("[l3] burst_setup", target.l3.burst_setup, 0, 100'000);
  require_range("[target] clock_mhz", target.clock_mhz, 0.001, 100'000);
}

Target load_target(const std::string& name_or_path) {
  std::filesystem::path path = name_or_path;
  if (!path.has_parent_path() && path.extension() != ".toml") {
    path = shipped_folder() / (name_or_path + ".toml");
    if (!std::filesystem::exists(path)) {
      throw Error(
          fmt::format("target {}: no such target; expected one of {}, or the path of a "
                      ".toml file",
                      name_or_path, names_of(shipped_targets())));
    }
  }
  constexpr std::uint64_t kMostBytes = 1 << 20;
  std::string text;
  try {
    text = read_bytes(path, kMostBytes);
  } catch (const Error& error) {
    throw Error(fmt::format("{}; expected a target file, or the name of a target: {}", error.what(),
                            names_of(shipped_targets())));
  }
  return parse_target(text, path.string());
}

std::vector<std::string> shipped_targets() {
  std::vector<Target> targets;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(shipped_folder(), error)) {
    if (entry.path().extension() == ".toml") targets.push_back(load_target(entry.path().string()));
  }
  std::ranges::sort(targets, [](const Target& a, const Target& b) {
    return std::pair(a.level, a.name) < std::pair(b.level, b.name);
  });
  std::vector<std::string> names;
  for (const Target& target : targets) names.push_back(target.name);
  return names;
}

std::string target_hash(const Target& target) {
  Target anonymous = target;
  anonymous.name = "";
  return sha256(to_toml(anonymous)).substr(0, 16);
}

}  // namespace freebits::tb
