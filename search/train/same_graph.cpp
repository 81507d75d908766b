// SPDX-License-Identifier: Apache-2.0
#include "search/train/same_graph.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "models/files/graph_json.hpp"

namespace freebits::search {

void expect_same_graph(const models::Graph& checkpoint, const models::Graph& network) {
  const Json a = models::graph_json(checkpoint), b = models::graph_json(network);
  std::string difference;
  const auto &layers_a = a.at("layers"), &layers_b = b.at("layers");
  if (a.at("input") != b.at("input")) {
    difference = fmt::format("input {}, expected {}", a.at("input").dump(), b.at("input").dump());
  } else {
    for (std::size_t i = 0; i < std::max(layers_a.size(), layers_b.size()); ++i) {
      const auto text = [i](const Json& layers) {
        return i < layers.size() ? layers[i].dump() : std::string("none");
      };
      if (text(layers_a) == text(layers_b)) continue;
      difference = fmt::format("layer {}: {}, expected {}", i + 1, text(layers_a), text(layers_b));
      break;
    }
  }
  if (difference.empty()) return;
  throw Error(fmt::format("the checkpoint is of another network, {}, expected {}: {}",
                          checkpoint.name, network.name, difference));
}

}  // namespace freebits::search
