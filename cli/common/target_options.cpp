// SPDX-License-Identifier: Apache-2.0
#include "cli/common/target_options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"

namespace freebits::cli {

void add_target_options(CLI::App& command, TargetOptions& options) {
  command.add_option("--target", options.target, "a target's name or file")->capture_default_str();
  command.add_option("--cores", options.cores, "1, 2, 4, 8 or 16 cores instead of the target's");
  command.add_option("--isa", options.isa, "a lower ISA level than the target's")
      ->check(CLI::IsMember(
          std::vector<std::string>(isa::kLevelNames.begin(), isa::kLevelNames.end())));
}

tb::Target chosen_target(const TargetOptions& options) {
  return chosen_target(options.target, options.cores, options.isa);
}

tb::Target chosen_target(const std::string& name, std::optional<unsigned> cores,
                         const std::string& isa) {
  tb::Target target = tb::load_target(name);
  if (cores) {
    if (*cores == 0 || *cores > 16 || (*cores & (*cores - 1)) != 0) {
      throw Error(fmt::format("--cores {}: must be 1, 2, 4, 8 or 16", *cores));
    }
    target.geometry.banks = std::max(2U, target.geometry.banks * *cores / target.geometry.cores);
    target.geometry.cores = *cores;
  }
  if (!isa.empty()) {
    const isa::Level level = *isa::parse_level(isa);
    if (level > target.level) {
      throw Error(fmt::format("--isa {}: above the level of target {} ({}); it can only be lowered",
                              isa, target.name, isa::name(target.level)));
    }
    target.level = level;
  }
  tb::validate(target);
  return target;
}

nlohmann::ordered_json target_json(const tb::Target& target) {
  const tb::Geometry& g = target.geometry;
  return {{"name", target.name},
          {"hash", tb::target_hash(target)},
          {"isa", isa::name(target.level)},
          {"cores", g.cores},
          {"banks", g.banks},
          {"l1_bytes", g.l1_bytes},
          {"icache_bytes", g.icache_bytes},
          {"icache_ways", g.icache_ways},
          {"icache_banks", g.icache_banks},
          {"fetch_buffer_bytes", g.fetch_buffer_bytes},
          {"dma_queue_depth", g.dma_queue_depth},
          {"dma_read_ahead", g.dma_read_ahead},
          {"l2_bytes", target.l2.bytes},
          {"l2_latency_cycles", target.l2.latency},
          {"l3_bytes", target.l3.bytes},
          {"l3_latency_cycles", target.l3.latency},
          {"l3_bytes_per_cycle", target.l3.bytes_per_cycle},
          {"l3_burst_bytes", target.l3.burst_bytes},
          {"l3_burst_setup_cycles", target.l3.burst_setup},
          {"clock_mhz", target.clock_mhz}};
}

}  // namespace freebits::cli
