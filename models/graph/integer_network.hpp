// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "models/graph/graph.hpp"
#include "models/graph/input_preparation.hpp"
#include "models/layers/layers.hpp"

namespace freebits::models {

namespace detail {
template <class, class... Ops>
using VariantOf = std::variant<Ops...>;
}
#define FB_OP(Op, name, inputs) , Op
/// A layer in integers: std::variant<Conv, …>, one of each KernelKind, in their order.
using IntegerOp = detail::VariantOf<void FB_KERNEL_KINDS(FB_OP)>;
#undef FB_OP

[[nodiscard]] inline KernelKind kind_of(const IntegerOp& op) {
  return static_cast<KernelKind>(op.index());
}

struct IntegerLayer {
  std::string name;
  std::vector<TensorId> inputs;
  IntegerOp op;
};

/// A quantized network: what is deployed, and the reference of what it computes. Tensors are
/// numbered as in a Graph.
struct IntegerNetwork {
  std::string name;
  Shape input;
  IntType input_type = IntType::U8;
  std::vector<IntegerLayer> layers;
  /// Of the pictures it was trained on; none when that is not known.
  std::optional<InputPreparation> preparation{};

  [[nodiscard]] TensorId output() const { return layers.size(); }
};

/// Throws Error, naming the layer, unless the network can be run and no input makes
/// a sum leave 32 bits: there are layers, with names as a graph's, shapes fit
/// (check_tensor_size()), weights are within their type, requantizations within the bounds of
/// freebits/requantize.h; and what pictures are cropped to is no larger than the input. Takes no
/// memory for tensors.
void check(const IntegerNetwork& network);

/// Types and shapes of all tensors, by TensorId; they have no values. Throws Error,
/// naming the layer, when inputs do not fit.
[[nodiscard]] std::vector<Tensor> empty_tensors(const IntegerNetwork& network);

/// Shape and type of an op's output, and the output, its inputs given. Throws Error when they do
/// not fit; run() Interrupted when `stop` is requested.
[[nodiscard]] Tensor empty_output(const IntegerOp& op, const std::vector<const Tensor*>& in);
[[nodiscard]] Tensor run(const IntegerOp& op, const std::vector<const Tensor*>& in,
                         StopToken stop = {});

/// The output of one layer, the tensors before it by TensorId. Throws like run(network).
[[nodiscard]] Tensor run(const IntegerLayer& layer, const std::vector<Tensor>& tensors,
                         StopToken stop = {});

/// All tensors, by TensorId, the input first. Throws Error when `input` is not of
/// the network's shape and type, Interrupted when `stop` is requested.
[[nodiscard]] std::vector<Tensor> run(const IntegerNetwork& network, const Tensor& input,
                                      StopToken stop = {});

}  // namespace freebits::models
