// SPDX-License-Identifier: Apache-2.0
#include "cli/common/network_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/error.hpp"
#include "models/builders/builders.hpp"
#include "models/files/network_file.hpp"
#include "models/graph/bit_widths.hpp"
#include "models/graph/network_graph.hpp"
#include "models/quantize/quantize.hpp"
#include "profiler/network/network_runner.hpp"

namespace freebits::cli {
namespace {

/// A folder of a built-in network's name hides nothing.
bool is_file(const std::string& network) {
  return std::filesystem::exists(network) && !std::filesystem::is_directory(network);
}

}  // namespace

void add_network_options(CLI::App& command, NetworkOptions& options) {
  command
      .add_option("NETWORK", options.network,
                  fmt::format("{}, such as mobilenet_v1:width=0.25,resolution=96; or an integer "
                              "network's file",
                              models::network_specs()))
      ->required();
  command.add_option("--bits", options.bits, "widths of a built-in network: 8, 4, 2 or a file")
      ->capture_default_str();
  command
      .add_option("--input", options.input,
                  "random; a JPEG or PNG, prepared as in the network's training; a .npy of whole "
                  "numbers, height x width x channels; or as many bytes")
      ->capture_default_str();
  command.add_option("--seed", options.seed, "of random weights and a random input")
      ->capture_default_str();
}

models::BitWidths chosen_widths(const std::string& bits, const models::Graph& graph) {
  for (const unsigned width : models::kBitWidths) {
    if (bits == std::to_string(width)) return models::uniform(graph, width);
  }
  if (std::filesystem::exists(bits)) return models::read_bit_widths(bits, graph);
  throw Error(fmt::format("--bits {}: expected 8, 4, 2 or a file (bits.json)", bits));
}

GraphChoice chosen_graph_and_widths(const std::string& network) {
  if (!is_file(network)) return {models::build_network(network), {}};
  if (!models::is_integer_network(network)) return {models::read_graph(network), {}};
  auto [graph, widths] = models::graph_of(models::read_integer_network(network));
  return {std::move(graph), std::move(widths)};
}

models::IntegerNetwork chosen_network(const NetworkOptions& options, const tb::Target& target,
                                      StopToken stop) {
  if (is_file(options.network)) {
    if (options.bits != "8") {
      throw Error(
          fmt::format("--bits {}: {} has its widths; leave it out", options.bits, options.network));
    }
    return models::read_integer_network(options.network);
  }
  const models::Graph graph = models::build_network(options.network);
  const models::BitWidths widths = chosen_widths(options.bits, graph);
  profiler::expect_fits(target, graph, widths);
  return models::random_network(graph, widths, options.seed, stop);
}

}  // namespace freebits::cli
