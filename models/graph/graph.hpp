// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/layers/kinds.hpp"
#include "models/layers/layers.hpp"

namespace freebits::models {

/// A network before any choice of widths: what training, the integer model and deployment share.

enum class Activation : std::uint8_t { None, Relu, Relu6 };

[[nodiscard]] std::string_view name(Activation activation);

/// A tensor: 0 is the network's input, i + 1 the output of layer i. An edge of the graph, with one
/// precision for its producer and all consumers.
using TensorId = std::size_t;

/// A layer with what is folded into its requantization: bias or batch norm, and the activation.
struct Layer {
  std::string name;  ///< unique in its graph, such as "block3.depthwise"
  LayerKind kind = LayerKind::Conv;
  std::vector<TensorId> inputs;  ///< inputs_of(kind), each made by an earlier layer
  // Of kinds with windows.
  unsigned kernel_height = 1, kernel_width = 1, stride = 1;
  Padding padding{};
  unsigned out_channels = 0;  ///< Conv, FullyConnected
  bool batch_norm = false;    ///< Conv, Depthwise; those without have a bias, like FullyConnected
  Activation activation = Activation::None;
};

struct Graph {
  std::string name;  ///< the specification it was built from, or a file's
  Shape input;
  std::vector<Layer> layers;

  [[nodiscard]] TensorId output() const { return layers.size(); }
};

/// Of the network's input in files and messages; no layer may have it.
inline constexpr std::string_view kInputName = "input";

/// The name of the layer that makes the tensor, or kInputName.
[[nodiscard]] std::string_view tensor_name(const Graph& graph, TensorId id);

/// Whether the layer has weights.
[[nodiscard]] bool has_weights(LayerKind kind);

/// Whether a layer's output has the precision of its first input, and is quantized as that is: a
/// maximum of quantized values is one of them.
[[nodiscard]] bool keeps_precision(LayerKind kind);

/// The tensor that decides the precision of each, by TensorId: itself, but for those whose layer
/// keeps its input's.
[[nodiscard]] std::vector<TensorId> precision_roots(const Graph& graph);

/// Number of weights that an output channel sums over, the input's shape given. 0 for layers
/// without.
[[nodiscard]] std::size_t weights_each(const Layer& layer, Shape in);

/// Number of weights of a layer, its output and input shapes given: a multiple of its output
/// channels. 0 for layers without.
[[nodiscard]] std::size_t weight_count(const Layer& layer, Shape in, Shape out);

/// Of 2 bits, in the largest L3 that a target can have.
inline constexpr std::uint64_t kMostTensorValues = std::uint64_t{1} << 32;

/// Throws Error that begins with `where` unless the shape is of 1 to
/// kMostTensorValues values. Sides are below 2^20 each (Fields::kMostSize).
void check_tensor_size(const std::string& where, Shape shape);

/// Shapes of all tensors, by TensorId. Throws Error, naming the layer, when the
/// graph is not one: an input that no earlier layer makes, a name used twice or unfit for a
/// terminal (check_name), a shape that does not fit, a tensor too large, a number of inputs
/// or an attribute its kind does not have.
[[nodiscard]] std::vector<Shape> shapes(const Graph& graph);

/// Whether a tensor has values below 0 but for the network's input: the output of a layer without
/// activation; of a kind that has none it is as its input, by TensorId.
[[nodiscard]] std::vector<bool> signed_tensors(const Graph& graph);

/// Multiply-accumulates of one layer, its output and input shapes given: 0 without weights.
[[nodiscard]] std::uint64_t macs(const Layer& layer, Shape in, Shape out);

/// Multiply-accumulates of the network for one image.
[[nodiscard]] std::uint64_t macs(const Graph& graph);

}  // namespace freebits::models
