// SPDX-License-Identifier: Apache-2.0
// Random networks of all kinds of layers, residual branches included.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "models/graph/integer_network.hpp"
#include "random_layers.hpp"

namespace freebits::test {

class RandomNetworks : public RandomLayers {
 public:
  using RandomLayers::RandomLayers;

  /// The same with every window that is accepted (models/limits.hpp): rectangles, long strides,
  /// wide padding.
  models::IntegerNetwork network_of_any_windows(unsigned layers, unsigned side, unsigned channels) {
    any_windows_ = true;
    return network(layers, side, channels);
  }

  /// Of `layers` layers on an image of at most `side` x `side` pixels and `channels` channels.
  models::IntegerNetwork network(unsigned layers, unsigned side, unsigned channels) {
    models::IntegerNetwork net;
    net.name = "random";
    net.input = {between(1, side), between(1, side), between(1, channels)};
    net.input_type = activation();
    for (unsigned i = 0; i < layers; ++i) {
      tensors_ = models::empty_tensors(net);
      net.layers.push_back(layer(i, channels));
    }
    return net;
  }

 private:
  models::IntegerLayer layer(unsigned index, unsigned channels) {
    // Mostly a chain; now and then from further back.
    const models::TensorId from =
        below(5) == 0 ? below(static_cast<unsigned>(tensors_.size())) : tensors_.size() - 1;
    const models::Shape in = tensors_[from].shape;
    const models::IntType type = tensors_[from].type;
    models::IntegerLayer l{"layer" + std::to_string(index), {from}, {}};
    const unsigned out = between(1, channels);
    const unsigned pixels = in.height * in.width;
    switch (below(8)) {
      case 0:
      case 1:
        l.op = conv(in, type, 1, out);
        break;
      case 2:
        l.op = any_windows_ ? any_conv(in, type, out) : conv(in, type, 3, out);
        break;
      case 3:
      case 4:
        l.op = any_windows_ ? any_depthwise(in, type) : depthwise(in, type);
        break;
      case 5:
        l.inputs.push_back(partner(from));
        l.op = add();
        break;
      case 6:
        l.op = any_windows_ ? any_max_pool(in, type) : max_pool(in, type);
        break;
      default:
        // Not too early: nothing but vectors would follow.
        if (pixels > 20 && below(4) != 0) {
          l.op = depthwise(in, type);
        } else {
          l.op = average_pool(in, type);
        }
    }
    return l;
  }

  /// Another tensor of the same shape, or the same.
  models::TensorId partner(models::TensorId id) {
    std::vector<models::TensorId> same;
    for (models::TensorId t = 0; t < tensors_.size(); ++t) {
      if (tensors_[t].shape == tensors_[id].shape) same.push_back(t);
    }
    return same[below(static_cast<unsigned>(same.size()))];
  }

  std::vector<models::Tensor> tensors_;
  bool any_windows_ = false;
};

}  // namespace freebits::test
