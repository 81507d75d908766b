// SPDX-License-Identifier: Apache-2.0
#include "models/graph/bit_widths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/error.hpp"
#include "models/layers/checks.hpp"

namespace freebits::models {
namespace {

void check_width(const char* where, std::string_view name, unsigned bits) {
  if (std::ranges::find(kBitWidths, bits) != kBitWidths.end()) return;
  throw Error(fmt::format("{}: {}: {}, expected 8, 4 or 2", where, name, bits));
}

/// "max pool".
std::string in_words(LayerKind kind) {
  std::string words(name(kind));
  std::ranges::replace(words, '_', ' ');
  return words;
}

}  // namespace

BitWidths uniform(const Graph& graph, unsigned bits) {
  check_width("all", "bits", bits);
  BitWidths widths;
  for (const Layer& layer : graph.layers)
    widths.weights.push_back(has_weights(layer.kind) ? bits : 0);
  std::vector<unsigned>& all = widths.activations;
  all.assign(graph.layers.size() + 1, bits);
  all.front() = all.back() = 8;
  const std::vector<TensorId> roots = precision_roots(graph);
  all[roots.back()] = 8;  // what hands its precision on to the output
  for (TensorId id = 0; id < all.size(); ++id) all[id] = all[roots[id]];
  return widths;
}

void check(const Graph& graph, const BitWidths& widths) {
  (void)shapes(graph);  // inputs are tensors that exist
  expect("weights: widths", widths.weights.size(), graph.layers.size());
  expect("activations: widths", widths.activations.size(), graph.layers.size() + 1);
  check_width("activations", kInputName, widths.activations[0]);
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const Layer& layer = graph.layers[i];
    if (has_weights(layer.kind)) {
      check_width("weights", layer.name, widths.weights[i]);
    } else if (widths.weights[i] != 0) {
      throw Error(fmt::format("weights: {}: {}, expected 0: {} has no weights", layer.name,
                              widths.weights[i], name(layer.kind)));
    }
    check_width("activations", layer.name, widths.activations[i + 1]);
    const TensorId in = layer.inputs[0];
    if (keeps_precision(layer.kind) && widths.activations[i + 1] != widths.activations[in]) {
      throw Error(
          fmt::format("activations: {}: {}, expected {} as its input {}: {} keeps the width",
                      layer.name, widths.activations[i + 1], widths.activations[in],
                      tensor_name(graph, in), in_words(layer.kind)));
    }
  }
}

IntType int_type(unsigned bits, bool is_signed) {
  const auto* found = std::ranges::find(kBitWidths, bits);
  if (found == kBitWidths.end()) throw Error(fmt::format("{} bits, expected 8, 4 or 2", bits));
  return kIntTypes[static_cast<std::size_t>(found - kBitWidths.begin()) + (is_signed ? 3 : 0)];
}

std::vector<IntType> tensor_types(const Graph& graph, const BitWidths& widths) {
  const std::vector<bool> is_signed = signed_tensors(graph);
  std::vector<IntType> types;
  for (TensorId id = 0; id < is_signed.size(); ++id)
    types.push_back(int_type(widths.activations.at(id), is_signed[id]));
  return types;
}

}  // namespace freebits::models
