// SPDX-License-Identifier: Apache-2.0
#include "base/sealed.hpp"
#include "models/files/graph_json.hpp"
#include "models/files/network_fields.hpp"
#include "models/files/network_file.hpp"

namespace freebits::models {
namespace {

constexpr FileKind kKind = {"freebits.graph", 1};

Json to_json(const Layer& l) {
  return {{"name", l.name},
          {"kind", name(l.kind)},
          {"inputs", l.inputs},
          {"kernel", {l.kernel_height, l.kernel_width}},
          {"stride", l.stride},
          {"padding", to_json(l.padding)},
          {"out_channels", l.out_channels},
          {"batch_norm", l.batch_norm},
          {"activation", name(l.activation)}};
}

Layer layer_of(Fields fields) {
  Layer l;
  l.name = fields.text("name");
  l.kind = static_cast<LayerKind>(fields.choice("kind", names_of<LayerKind>(kLayerKinds)));
  l.inputs = take_inputs(fields);
  const auto [height, width] = fields.sizes<2>("kernel", kMostKernel);
  l.kernel_height = height;
  l.kernel_width = width;
  l.stride = fields.size("stride");
  l.padding = take_padding(fields);
  l.out_channels = fields.size("out_channels");
  l.batch_norm = fields.flag("batch_norm");
  l.activation = static_cast<Activation>(fields.choice("activation", names_of<Activation>(3)));
  fields.finish();
  return l;
}

}  // namespace

Json graph_json(const Graph& graph) {
  Json layers = Json::array();
  for (const Layer& layer : graph.layers) layers.push_back(to_json(layer));
  return {{"name", graph.name}, {"input", to_json(graph.input)}, {"layers", layers}};
}

Graph graph_of(const Json& document, const std::string& where) {
  Fields fields(document, where);
  Graph graph;
  graph.name = fields.text("name");
  graph.input = take_shape(fields, "input");
  graph.layers = take_layers(fields, layer_of);
  fields.finish();
  checked(where, [&] { (void)shapes(graph); });
  return graph;
}

void write_graph(const std::filesystem::path& file, const Graph& graph) {
  (void)shapes(graph);
  write_sealed(file, kKind, graph_json(graph));
}

Graph read_graph(const std::filesystem::path& file) {
  return graph_of(read_sealed(file, kKind), file.string());
}

}  // namespace freebits::models
