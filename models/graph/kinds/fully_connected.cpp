// SPDX-License-Identifier: Apache-2.0
// Fully connected: to the chip, a convolution of one pixel.
#include "models/graph/kinds/layer_rules.hpp"
#include "models/graph/limits.hpp"
#include "models/layers/checks.hpp"

namespace freebits::models {

constinit const LayerRules kFullyConnectedRules = {
    .makes_channels = true,
    .output =
        [](const Layer& l, const std::vector<Shape>& in) {
          check_products(weights_each(l, in[0]));
          expect("pixels of the input", std::size_t{in[0].height} * in[0].width, 1);
          return Shape{1, 1, l.out_channels};
        },
    .weights_each =
        [](const Layer& l, Shape in) {
          return std::size_t{l.kernel_height} * l.kernel_width * in.channels;
        },
    .op = conv_op,
};

}  // namespace freebits::models
