// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "base/stop.hpp"
#include "models/graph/graph.hpp"
#include "profiler/store/latency_store.hpp"
#include "profiler/table/latency_table.hpp"
#include "tb/targets/target.hpp"

namespace freebits::profiler {

/// How a latency is found.
enum class Fidelity : std::uint8_t {
  Full,    ///< every tile is simulated
  Sampled  ///< a few of each kind of tile, the others taken to be like them
};
[[nodiscard]] std::string_view name(Fidelity fidelity);

/// An entry of a latency table.
struct WantedLatency {
  std::size_t layer = 0;
  LayerBits bits;
  friend auto operator<=>(const WantedLatency&, const WantedLatency&) = default;
};

/// Everything layer_choices() allows, for all layers.
[[nodiscard]] std::vector<WantedLatency> all_latencies(const models::Graph& graph);
/// What a choice of widths needs: an entry a layer.
[[nodiscard]] std::vector<WantedLatency> latencies_of(const models::Graph& graph,
                                                      const models::BitWidths& widths);

struct ProfileProgress {
  std::size_t entries = 0, all_entries = 0;  ///< those that have to be simulated
  std::uint64_t work = 0, all_work = 0;      ///< in cycles of the cost model
};

struct ProfileOptions {
  Fidelity fidelity = Fidelity::Full;
  unsigned jobs = 0;              ///< threads, each with its cluster; 0: as many as processors
  LatencyStore* store = nullptr;  ///< none: everything is simulated, nothing kept
  StopToken stop{};               ///< when requested: ends soon, with what there is
  /// From any thread, one at a time.
  std::function<void(const ProfileProgress&)> on_progress{};
  /// Called with a line of text while a geometry is built for the first time.
  std::function<void(std::string_view)> on_build{};
};

/// Latencies of layers in their network, measured on the RTL: from the store, or simulated and put
/// there. After options.stop some may be missing. Throws Error when the network does not fit
/// the target, or the store cannot be written.
[[nodiscard]] LatencyTable profile(const tb::Target& target, const models::Graph& graph,
                                   std::span<const WantedLatency> wanted,
                                   const ProfileOptions& options);

/// What profile() would have to simulate; nothing is. Throws as profile() does.
[[nodiscard]] ProfileProgress profile_work(const tb::Target& target, const models::Graph& graph,
                                           std::span<const WantedLatency> wanted,
                                           const ProfileOptions& options);

/// Latency of the network at these widths, of a table that profile() has made for the target. What
/// a layer waits for its first operands depends on the layer before, and what it waits for weights
/// from L3 on all others: neither is taken from where it was measured, but computed, with the
/// network's plan and the layers' latencies. Where weights stream the network's program is linked.
/// Throws as profile() does, and like LatencyTable::cycles().
[[nodiscard]] std::uint64_t network_cycles(const tb::Target& target, const LatencyTable& table,
                                           const models::Graph& graph,
                                           const models::BitWidths& widths);

}  // namespace freebits::profiler
