// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <fstream>

#include "base/sealed.hpp"
#include "models/files/network_fields.hpp"
#include "models/files/network_file.hpp"
#include "models/files/preparation_json.hpp"
#include "models/graph/kinds/op_functions.hpp"

namespace freebits::models {
namespace {

constexpr FileKind kKind = {"freebits.integer_network", 1};

template <class Op>
IntegerOp taken(Fields& fields) {
  Op op;
  take(fields, op);
  return op;
}

IntegerOp op_of(Fields& fields) {
#define FB_TAKEN(Op, name, inputs) taken<Op>,
  constexpr std::array<IntegerOp (*)(Fields&), kKernelKinds> kTaken = {FB_KERNEL_KINDS(FB_TAKEN)};
#undef FB_TAKEN
  return kTaken.at(fields.choice("kind", names_of<KernelKind>(kKernelKinds)))(fields);
}

IntegerLayer layer_of(Fields fields) {
  IntegerLayer layer;
  layer.name = fields.text("name");
  layer.inputs = take_inputs(fields);
  Fields op = fields.object("op");
  layer.op = op_of(op);
  op.finish();
  fields.finish();
  return layer;
}

}  // namespace

void write_integer_network(const std::filesystem::path& file, const IntegerNetwork& network) {
  check(network);
  Json layers = Json::array();
  for (const IntegerLayer& layer : network.layers) {
    layers.push_back({{"name", layer.name},
                      {"inputs", layer.inputs},
                      {"op", std::visit([](const auto& op) { return to_json(op); }, layer.op)}});
  }
  Json document = {{"name", network.name},
                   {"input", to_json(network.input)},
                   {"input_type", name(network.input_type)},
                   {"layers", layers}};
  put_preparation(document, network.preparation);
  write_sealed(file, kKind, document);
}

IntegerNetwork read_integer_network(const std::filesystem::path& file) {
  const std::string where = file.string();
  const Json document = read_sealed(file, kKind);
  Fields fields(document, where);
  IntegerNetwork network;
  network.name = fields.text("name");
  network.input = take_shape(fields, "input");
  network.input_type = take_type(fields, "input_type");
  network.layers = take_layers(fields, layer_of);
  network.preparation = take_preparation(fields, network.input);
  fields.finish();
  checked(where, [&] { check(network); });
  return network;
}

bool is_integer_network(const std::filesystem::path& file) {
  std::string kind;
  std::ifstream(file) >> kind;
  return kind == kKind.name;
}

}  // namespace freebits::models
