// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdint>
#include <fstream>
#include <limits>
#include <stdexcept>

#include "base/sealed.hpp"
#include "models/files/network_fields.hpp"
#include "models/files/network_file.hpp"
#include "models/files/preparation_json.hpp"

namespace freebits::models {
namespace {

constexpr FileKind kKind = {"freebits.integer_network", 1};
constexpr std::int64_t kLeast32 = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t kMost32 = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kMostU32 = std::numeric_limits<std::uint32_t>::max();
constexpr std::int64_t kMostShift = 30;  // freebits/requantize.h

Json to_json(const Requantization& r) {
  Json mul = Json::array(), add = Json::array();
  for (const fb_requant_channel& c : r.channels) {
    mul.push_back(c.mul);
    add.push_back(c.add);
  }
  return {{"pre", r.pre}, {"shift", r.shift}, {"mul", mul}, {"add", add}};
}

Requantization requantization_of(Fields fields) {
  Requantization r;
  r.pre = static_cast<std::uint8_t>(fields.number("pre", 0, kMostShift));
  r.shift = static_cast<std::uint8_t>(fields.number("shift", 1, kMostShift));
  const std::vector<std::int64_t> mul = fields.numbers("mul", 0, kMostU32);
  const std::vector<std::int64_t> add = fields.numbers("add", kLeast32, kMost32);
  if (mul.size() != add.size())
    fields.fail("add", fmt::format("{} numbers", add.size()),
                fmt::format("{} as there are of mul", mul.size()));
  for (std::size_t i = 0; i < mul.size(); ++i)
    r.channels.push_back({static_cast<std::uint32_t>(mul[i]), static_cast<std::int32_t>(add[i])});
  fields.finish();
  return r;
}

IntType take_type(Fields& fields, const std::string& key) {
  return kIntTypes[fields.choice(key, names_of<IntType>(kIntTypes.size()))];
}

Json weights_to_json(const std::vector<std::int8_t>& weights) {
  return Json::binary({weights.begin(), weights.end()});
}

std::vector<std::int8_t> take_weights(Fields& fields) {
  const Json& value = fields.take("weights");
  if (!value.is_binary()) fields.fail("weights", shown(value), "bytes");
  const auto& bytes = value.get_binary();
  return {bytes.begin(), bytes.end()};
}

/// What Conv and Depthwise have in common, behind their own.
template <class Op>
Json with_weighted(Json json, const Op& op) {
  json["stride"] = op.stride;
  json["padding"] = to_json(op.padding);
  json["weight_type"] = name(op.weight_type);
  json["weights"] = weights_to_json(op.weights);
  json["requantization"] = to_json(op.requantization);
  json["out_type"] = name(op.out_type);
  return json;
}

struct OpToJson {
  Json operator()(const Conv& op) const {
    return with_weighted({{"kind", "conv"},
                          {"kernel", {op.kernel_height, op.kernel_width}},
                          {"in_channels", op.in_channels},
                          {"out_channels", op.out_channels}},
                         op);
  }
  Json operator()(const Depthwise& op) const {
    return with_weighted({{"kind", "depthwise"}, {"kernel", op.kernel}, {"channels", op.channels}},
                         op);
  }
  Json operator()(const Add& op) const {
    const fb_addition& a = op.addition;
    return {{"kind", "add"}, {"mul_a", a.mul_a}, {"mul_b", a.mul_b},
            {"add", a.add},  {"shift", a.shift}, {"out_type", name(op.out_type)}};
  }
  Json operator()(const AveragePool& op) const {
    return {{"kind", "average_pool"},
            {"requantization", to_json(op.requantization)},
            {"out_type", name(op.out_type)}};
  }
  Json operator()(const MaxPool& op) const {
    return {{"kind", "max_pool"},
            {"kernel", op.kernel},
            {"stride", op.stride},
            {"padding", to_json(op.padding)},
            {"requantization", to_json(op.requantization)},
            {"out_type", name(op.out_type)}};
  }
};

/// What Conv and Depthwise have in common.
template <class Op>
void take_weighted(Fields& fields, Op& op) {
  op.stride = fields.size("stride");
  op.padding = take_padding(fields);
  op.weight_type = take_type(fields, "weight_type");
  op.weights = take_weights(fields);
  op.requantization = requantization_of(fields.object("requantization"));
  op.out_type = take_type(fields, "out_type");
}

Conv conv_of(Fields& fields) {
  Conv op;
  const auto [height, width] = fields.sizes<2>("kernel", kMostKernel);
  op.kernel_height = height;
  op.kernel_width = width;
  op.in_channels = fields.size("in_channels");
  op.out_channels = fields.size("out_channels");
  take_weighted(fields, op);
  return op;
}

Depthwise depthwise_of(Fields& fields) {
  Depthwise op;
  op.kernel = fields.size("kernel", kMostKernel);
  op.channels = fields.size("channels");
  take_weighted(fields, op);
  return op;
}

Add add_of(Fields& fields) {
  Add op;
  op.addition.mul_a = static_cast<std::int32_t>(fields.number("mul_a", kLeast32, kMost32));
  op.addition.mul_b = static_cast<std::int32_t>(fields.number("mul_b", kLeast32, kMost32));
  op.addition.add = static_cast<std::int32_t>(fields.number("add", kLeast32, kMost32));
  op.addition.shift = static_cast<std::uint32_t>(fields.number("shift", 0, kMostShift));
  op.out_type = take_type(fields, "out_type");
  return op;
}

AveragePool average_pool_of(Fields& fields) {
  AveragePool op;
  op.requantization = requantization_of(fields.object("requantization"));
  op.out_type = take_type(fields, "out_type");
  return op;
}

MaxPool max_pool_of(Fields& fields) {
  MaxPool op;
  op.kernel = fields.size("kernel", kMostKernel);
  op.stride = fields.size("stride");
  op.padding = take_padding(fields);
  op.requantization = requantization_of(fields.object("requantization"));
  op.out_type = take_type(fields, "out_type");
  return op;
}

IntegerOp op_of(Fields& fields) {
  switch (fields.choice("kind", {"conv", "depthwise", "add", "average_pool", "max_pool"})) {
    case 0:
      return conv_of(fields);
    case 1:
      return depthwise_of(fields);
    case 2:
      return add_of(fields);
    case 3:
      return average_pool_of(fields);
    default:
      return max_pool_of(fields);
  }
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
    layers.push_back(
        {{"name", layer.name}, {"inputs", layer.inputs}, {"op", std::visit(OpToJson{}, layer.op)}});
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
