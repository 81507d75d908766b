// SPDX-License-Identifier: Apache-2.0
// A layer of a graph in integers: once without its requantization, to calibrate it, and whole.
#pragma once

#include <vector>

#include "models/quantize/quantize.hpp"

namespace freebits::models {

/// A graph with the shapes and types of its tensors, by TensorId. Keeps references.
struct TypedGraph {
  TypedGraph(const Graph& the_graph, const BitWidths& the_widths);

  const Graph& graph;
  const BitWidths& widths;
  std::vector<Shape> shapes;
  std::vector<IntType> types;
};

/// Geometry, types and weights of a layer; its requantization is empty.
[[nodiscard]] IntegerOp unscaled_op(const TypedGraph& typed, std::size_t layer,
                                    const std::vector<std::int8_t>& weights);

/// The whole layer; appends to `limited` what of it is that (make_integer_network()). Throws
/// Error, naming it.
[[nodiscard]] IntegerLayer integer_layer(const TypedGraph& typed, std::size_t layer,
                                         const NetworkParameters& parameters,
                                         std::vector<LimitedLayer>* limited = nullptr);

}  // namespace freebits::models
