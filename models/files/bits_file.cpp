// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "base/error.hpp"
#include "base/fields.hpp"
#include "base/file_bytes.hpp"
#include "models/builders/builders.hpp"
#include "models/graph/bit_widths.hpp"

namespace freebits::models {
namespace {

constexpr std::string_view kSchema = "freebits.bits";
constexpr unsigned kVersion = 1;

/// Where a width is stored and what it is called.
struct Slot {
  std::string name;
  unsigned* bits;
};

struct Slots {
  std::vector<Slot> weights, activations;
};

Slots slots_of(const Graph& graph, BitWidths& widths) {
  widths.weights.resize(graph.layers.size());
  widths.activations.resize(graph.layers.size() + 1);
  Slots slots;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const Layer& layer = graph.layers[i];
    if (has_weights(layer.kind)) slots.weights.push_back({layer.name, &widths.weights[i]});
  }
  for (TensorId id = 0; id < widths.activations.size(); ++id) {
    slots.activations.push_back({std::string(tensor_name(graph, id)), &widths.activations[id]});
  }
  return slots;
}

[[noreturn]] void fail(const std::string& where, const std::string& what) {
  throw Error(where + ": " + what);
}

/// "a, b, c and 12 more".
std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 3;
  const std::size_t shown_names = std::min(names.size(), kMost);
  const std::string text = fmt::format(
      "{}",
      fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown_names), ", "));
  return names.size() > kMost ? fmt::format("{} and {} more", text, names.size() - kMost) : text;
}

void read_slots(Fields fields, const Json& object, const std::vector<Slot>& slots) {
  std::vector<std::string> known, missing;
  for (const Slot& slot : slots) {
    known.push_back(slot.name);
    if (!object.contains(slot.name)) missing.push_back(slot.name);
  }
  refuse_unknown(object, fields.where(), known);
  if (!missing.empty())
    fail(fields.where(), fmt::format("{}: missing, expected 8, 4 or 2", listed(missing)));
  for (const Slot& slot : slots) {
    const Json& value = fields.take(slot.name);
    const auto* const found = std::ranges::find_if(
        kBitWidths, [&](unsigned bits) { return value.is_number_integer() && value == bits; });
    if (found == kBitWidths.end()) fields.fail(slot.name, shown(value), "8, 4 or 2");
    *slot.bits = *found;
  }
}

void refuse_weightless(const Graph& graph, const Json& weights, const std::string& where) {
  for (const Layer& layer : graph.layers) {
    if (weights.is_object() && weights.contains(layer.name) && !has_weights(layer.kind))
      fail(where, fmt::format("weights: {}: has none ({}), expected layers with weights only",
                              layer.name, name(layer.kind)));
  }
}

void read_schema(Fields schema) {
  const std::string schema_name = schema.text("name");
  if (schema_name != kSchema)
    schema.fail("name", shown(schema_name), fmt::format("\"{}\"", kSchema));
  const Json& version = schema.take("version");
  if (version != kVersion)
    schema.fail("version", shown(version), fmt::format("{}, the one this program reads", kVersion));
  schema.finish();
}

/// Also by a shorter name: "resnet8" leaves out what "resnet8:width=1,…" says. What images decide,
/// a name need not say.
bool names(const std::string& network, const Graph& graph) {
  if (network == graph.name) return true;
  try {
    return build_network(network, graph.input, shapes(graph).back().channels).name == graph.name;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

BitWidths read_bit_widths(const std::filesystem::path& file, const Graph& graph) {
  (void)shapes(graph);
  const std::string where = file.string();
  const Json document = parse_json(read_bytes(file), where);
  Fields fields(document, where);
  read_schema(fields.object("schema"));
  const std::string network = fields.text("network");
  if (!names(network, graph))
    fields.fail("network", shown(network), fmt::format("\"{}\"", graph.name));
  BitWidths widths;
  const Slots slots = slots_of(graph, widths);
  const Json& weights = fields.take("weights");
  refuse_weightless(graph, weights, where);
  read_slots({weights, where + ": weights"}, weights, slots.weights);
  const Json& activations = fields.take("activations");
  read_slots({activations, where + ": activations"}, activations, slots.activations);
  fields.finish();
  checked(where, [&] { check(graph, widths); });
  return widths;
}

void write_bit_widths(const std::filesystem::path& file, const Graph& graph,
                      const BitWidths& widths) {
  check(graph, widths);
  BitWidths copy = widths;
  const Slots slots = slots_of(graph, copy);
  Json document = {{"schema", {{"name", kSchema}, {"version", kVersion}}},
                   {"network", graph.name},
                   {"weights", Json::object()},
                   {"activations", Json::object()}};
  for (const Slot& slot : slots.weights) document["weights"][slot.name] = *slot.bits;
  for (const Slot& slot : slots.activations) document["activations"][slot.name] = *slot.bits;
  write_atomically(file, {document.dump(2), "\n"});
}

}  // namespace freebits::models
