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
  Sampled  ///< a few tiles of each kind; the others are assumed to be equal
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
/// The latencies that a choice of bit-widths needs: one entry per layer.
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
  StopToken stop{};               ///< when requested: ends soon, with what was measured
  /// Called from any thread, never twice at once.
  std::function<void(const ProfileProgress&)> on_progress{};
  /// Called with a line of text while a geometry is built for the first time.
  std::function<void(std::string_view)> on_build{};
};

/// Latencies of layers in their network, measured on the RTL: taken from the store, or simulated
/// and added to it. After options.stop some may be missing. Throws Error when the network does not
/// fit the target, or the store cannot be written.
[[nodiscard]] LatencyTable profile(const tb::Target& target, const models::Graph& graph,
                                   std::span<const WantedLatency> wanted,
                                   const ProfileOptions& options);

/// How much profile() would have to simulate. Simulates nothing. Throws as profile() does.
[[nodiscard]] ProfileProgress profile_work(const tb::Target& target, const models::Graph& graph,
                                           std::span<const WantedLatency> wanted,
                                           const ProfileOptions& options);

/// The latency of the network with these bit-widths, from a table that profile() has made for the
/// target. How long a layer waits for its first operands depends on the layer before it, and how
/// long it waits for weights from L3 depends on all others. Both are therefore computed from the
/// plan of the network and the latencies of its layers. If weights stream, the program of the
/// network is linked for this. Throws as profile() does, and like LatencyTable::cycles().
[[nodiscard]] std::uint64_t network_cycles(const tb::Target& target, const LatencyTable& table,
                                           const models::Graph& graph,
                                           const models::BitWidths& widths);

}  // namespace freebits::profiler
