// SPDX-License-Identifier: Apache-2.0
// bits.json, graphs, integer networks.
#include "base/error.hpp"
#include "deploy/plan/plan.hpp"
#include "kind.hpp"
#include "models/builders/builders.hpp"
#include "models/files/network_file.hpp"
#include "models/graph/bit_widths.hpp"
#include "models/graph/network_graph.hpp"
#include "models/quantize/quantize.hpp"
#include "mutate.hpp"

namespace freebits::fuzz {
namespace {

using models::Graph;

Graph pooled() { return models::build_network("mobilenet_v1:width=0.125,resolution=32"); }
Graph residual() { return models::build_network("resnet8:resolution=16"); }

/// Every kind of layer, small enough to be run for each mutant.
Graph small() {
  using enum models::LayerKind;
  Graph graph{.name = "small", .input = {6, 6, 3}, .layers = {}};
  const auto add = [&](const char* name, models::LayerKind kind, unsigned side, unsigned channels) {
    models::Layer layer{.name = name, .kind = kind, .inputs = {graph.layers.size()}, .padding = {}};
    layer.kernel_height = layer.kernel_width = side;
    if (side == 3) layer.padding = {1, 1, 1, 1};
    if (kind == MaxPool) layer.stride = 2;
    layer.out_channels = channels;
    if (kind == Conv || kind == Depthwise) layer.activation = models::Activation::Relu;
    graph.layers.push_back(layer);
  };
  add("stem", Conv, 3, 8);
  add("depthwise", Depthwise, 3, 0);
  add("add", Add, 1, 0);
  graph.layers.back().inputs = {1, 2};
  add("max", MaxPool, 2, 0);
  add("average", AveragePool, 1, 0);
  add("classifier", FullyConnected, 1, 4);
  return graph;
}

/// A chip as the target flexv: addresses as they are, sizes alike.
models::Machine chip() {
  models::Machine m;
  m.l1_begin = 0x10000000;
  m.l1_end = m.l1_begin + (120 << 10);
  m.l2_begin = 0x1c000000;
  m.l2_end = m.l2_begin + (448 << 10);
  m.l3_begin = 0x80000000;
  m.l3_end = m.l3_begin + (8 << 20);
  return m;
}

/// What is accepted must be fit for what follows: a plan, where it is small a run.
void use(const models::IntegerNetwork& network) {
  (void)models::graph_of(network);
  (void)models::make_plan(network, chip());
  std::uint64_t work = 0;
  for (const models::KernelLayer& layer : models::kernel_layers(network))
    work += layer.operations() + layer.out.size();
  constexpr std::uint64_t kMostWork = 10'000'000;
  if (work < kMostWork)
    (void)models::run(network, models::random_tensor(network.input, network.input_type, 1));
}

}  // namespace

Kind bits_json(const fs::path& folder) {
  const Graph graph = residual();
  Kind kind;
  kind.file = "bits.json";
  for (const unsigned bits : {8U, 2U}) {
    kind.seeds.push_back(written(folder, [&](const fs::path& file) {
      models::write_bit_widths(file, graph, models::uniform(graph, bits));
    }));
  }
  kind.mutate = mutated_json;
  kind.read = [graph](const fs::path& file) { (void)models::read_bit_widths(file, graph); };
  return kind;
}

Kind graph(const fs::path& folder) {
  Kind kind;
  kind.file = "graph.fb";
  for (const Graph& graph : {pooled(), residual(), small()}) {
    kind.seeds.push_back(
        written(folder, [&](const fs::path& file) { models::write_graph(file, graph); }));
  }
  kind.mutate = mutated_sealed;
  kind.read = [](const fs::path& file) {
    const Graph graph = models::read_graph(file);
    (void)models::macs(graph);
    (void)models::tensor_types(graph, models::uniform(graph, 8));
  };
  kind.shallow = "checksum";
  return kind;
}

Kind integer_network(const fs::path& folder) {
  Kind kind;
  kind.file = "network.fb";
  for (const unsigned bits : {8U, 4U}) {
    const models::IntegerNetwork network =
        models::random_network(small(), models::uniform(small(), bits), bits);
    kind.seeds.push_back(written(
        folder, [&](const fs::path& file) { models::write_integer_network(file, network); }));
  }
  kind.mutate = mutated_sealed;
  kind.read = [](const fs::path& file) {
    const models::IntegerNetwork network = models::read_integer_network(file);
    try {
      use(network);
    } catch (const Error& error) {  // the program names the network and the target
      throw Error(file.string() + ": " + error.what());
    }
  };
  kind.shallow = "checksum";
  return kind;
}

}  // namespace freebits::fuzz
