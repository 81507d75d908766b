// SPDX-License-Identifier: Apache-2.0
// What graphs know of each kind of layer.
#pragma once

#include <cstdint>
#include <vector>

#include "models/graph/graph.hpp"
#include "models/graph/integer_network.hpp"

namespace freebits::models {

/// A layer that becomes integers: shapes and types of its tensors.
struct OpFrame {
  const Layer& layer;
  Shape in, out;
  IntType weight_type, out_type;
  const std::vector<std::int8_t>& weights;
};

/// One object a kind: kConvRules and so on, each in the kind's own file of this folder.
struct LayerRules {
  bool makes_channels = false;   ///< has Layer::out_channels
  bool has_batch_norm = false;   ///< may have
  bool has_activation = true;    ///< may have; otherwise its output's sign is its input's
  bool keeps_precision = false;  ///< see keeps_precision()
  unsigned usual_kernel = 1;     ///< side of the windows that kernels are measured with
  /// The output's shape, those of the inputs given. Throws Error when they do not fit, or there are
  /// no kernels for it (limits.hpp).
  Shape (*output)(const Layer& layer, const std::vector<Shape>& in) = nullptr;
  /// weights_each(); null for layers without weights.
  std::size_t (*weights_each)(const Layer& layer, Shape in) = nullptr;
  /// The layer in integers, its requantization empty.
  IntegerOp (*op)(const OpFrame& frame) = nullptr;
};

#define FB_DECLARE(Kind, name, kernel) extern const LayerRules k##Kind##Rules;
FB_LAYER_KINDS(FB_DECLARE)
#undef FB_DECLARE

[[nodiscard]] const LayerRules& rules(LayerKind kind);

// What the kinds' files have in common.

/// Of a layer whose windows move over the image.
[[nodiscard]] Shape windowed(const Layer& layer, Shape in, unsigned channels);
/// A convolution, of a fully connected layer too.
[[nodiscard]] IntegerOp conv_op(const OpFrame& frame);
/// The one side of a square kernel. Throws Error for others.
[[nodiscard]] unsigned square_kernel(const Layer& layer);
/// The layer's window becomes that of its op.
template <class Op>
void set_window(Layer& layer, const Op& op, unsigned height, unsigned width) {
  layer.kernel_height = height;
  layer.kernel_width = width;
  layer.stride = op.stride;
  layer.padding = op.padding;
}

}  // namespace freebits::models
