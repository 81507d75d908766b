// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/stop.hpp"
#include "models/graph/bit_widths.hpp"
#include "models/graph/graph.hpp"
#include "models/graph/integer_network.hpp"
#include "tb/targets/target.hpp"

namespace freebits::cli {

/// Which network, in which widths, on which input.
struct NetworkOptions {
  std::string network;
  std::string bits = "8";
  std::string input = "random";
  std::uint64_t seed = 1;  ///< of random weights and of a random input
};

/// NETWORK, --bits, --input, --seed.
void add_network_options(CLI::App& command, NetworkOptions& options);

/// The widths that --bits names: 8, 4, 2 or a file. Throws Error.
[[nodiscard]] models::BitWidths chosen_widths(const std::string& bits, const models::Graph& graph);

/// A built-in network, or one from the file of a graph or of an integer network, which has widths.
/// Throws Error.
struct GraphChoice {
  models::Graph graph;
  std::optional<models::BitWidths> widths;
};
[[nodiscard]] GraphChoice chosen_graph_and_widths(const std::string& network);

/// A built-in network with random weights, or one from a file. Random weights take long to
/// calibrate: only where the network fits the target. Throws Error, and Interrupted when `stop`
/// is requested.
[[nodiscard]] models::IntegerNetwork chosen_network(const NetworkOptions& options,
                                                    const tb::Target& target, StopToken stop);

/// Of the network's shape and type: random, a picture, a .npy, or bytes (network_input.cpp). Throws
/// Error for a file that cannot be read, or is not what the network takes.
[[nodiscard]] models::Tensor chosen_input(const NetworkOptions& options,
                                          const models::IntegerNetwork& network);

}  // namespace freebits::cli
