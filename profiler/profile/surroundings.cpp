// SPDX-License-Identifier: Apache-2.0
#include "profiler/profile/surroundings.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <tuple>

namespace freebits::profiler {

using models::TensorId;

/// What the network prefers: widths of tensors with even and odd numbers, and of weights.
struct Surroundings::Theme {
  std::array<unsigned, 2> tensors{};
  unsigned weights = 8;

  /// Of layers between those with `weights`: as wide as the tensors are, so that a kernel that has
  /// to unpack does not hide the transfer of the next layer's operands; but no narrower, which
  /// would leave room in L1 for them earlier.
  [[nodiscard]] unsigned others() const {
    const unsigned widest = std::max(tensors[0], tensors[1]);
    if (weights != widest) return std::max(widest, weights);
    return std::min(tensors[0], tensors[1]);
  }
  /// Whether a depthwise layer has the weights' width of the layer before it, or of that behind.
  [[nodiscard]] bool depthwise_ends_pair() const {
    return weights == std::max(tensors[0], tensors[1]);
  }
};

Surroundings::Surroundings(const models::Graph& graph)
    : graph_(graph), root_(models::precision_roots(graph)) {
  bool after_depthwise = false;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    choices_.push_back(layer_choices(graph, i));
    // Layers that follow each other with the same width of weights, numbered: depthwise ones at
    // the end of a pair, or at its begin.
    const bool depthwise = graph.layers[i].kind == models::LayerKind::Depthwise;
    ends_.push_back((ends_.empty() ? 0 : ends_.back()) + (depthwise ? 0 : 1));
    begins_.push_back((begins_.empty() ? 0 : begins_.back()) + (after_depthwise ? 0 : 1));
    after_depthwise = depthwise;
  }
}

Surroundings::Theme Surroundings::theme_of(const WantedLatency& wanted) const {
  const LayerBits& bits = wanted.bits;
  Theme theme;
  unsigned in = std::max(bits.in[0], bits.in[1]), out = bits.out;
  // The network's input and output have 8 bits whatever the others have.
  if (root_[graph_.layers[wanted.layer].inputs.front()] == 0) in = out;
  if (root_[wanted.layer + 1] == root_[graph_.output()]) out = in;
  theme.tensors.at(wanted.layer % 2) = in;
  theme.tensors.at((wanted.layer + 1) % 2) = out;
  theme.weights = bits.weights == 0 ? std::max(in, out) : bits.weights;
  return theme;
}

unsigned Surroundings::pair_of(std::size_t layer, const Theme& theme) const {
  return (theme.depthwise_ends_pair() ? ends_ : begins_)[layer];
}

models::BitWidths Surroundings::of(const WantedLatency& wanted) const {
  const Theme theme = theme_of(wanted);
  const unsigned turn = pair_of(wanted.layer, theme) % 2;
  std::vector<unsigned> tensors(graph_.layers.size() + 1, 0);  // 0 where nothing is fixed yet
  tensors[0] = choices_[0].front().in[0];
  const std::vector<TensorId>& inputs = graph_.layers[wanted.layer].inputs;
  for (std::size_t i = 0; i < inputs.size(); ++i) tensors[root_[inputs[i]]] = wanted.bits.in.at(i);
  tensors[root_[wanted.layer + 1]] = wanted.bits.out;

  models::BitWidths widths = models::uniform(graph_, 8);
  for (std::size_t layer = 0; layer < graph_.layers.size(); ++layer) {
    const LayerBits& bits =
        layer == wanted.layer ? wanted.bits : choose(layer, theme, turn, tensors);
    tensors[root_[layer + 1]] = bits.out;
    widths.weights[layer] = bits.weights;
  }
  for (TensorId t = 0; t < tensors.size(); ++t) widths.activations[t] = tensors[root_[t]];
  if (layer_bits(graph_, widths, wanted.layer) != wanted.bits)
    throw std::logic_error("no network has the bit-widths that a layer was said to have");
  return widths;
}

/// Of the layer's choices that go with the tensors' widths so far, the one nearest to the theme.
const LayerBits& Surroundings::choose(std::size_t layer, const Theme& theme, unsigned turn,
                                      const std::vector<unsigned>& tensors) const {
  const std::vector<TensorId>& inputs = graph_.layers[layer].inputs;
  const unsigned fixed = tensors[root_[layer + 1]];
  const unsigned weights = pair_of(layer, theme) % 2 == turn ? theme.weights : theme.others();
  const LayerBits* best = nullptr;
  std::tuple<bool, bool> best_score;
  for (const LayerBits& bits : choices_[layer]) {
    bool fits = fixed == 0 || bits.out == fixed;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      fits = fits && bits.in.at(i) == tensors[root_[inputs[i]]];
    if (!fits) continue;
    const std::tuple score(bits.weights == weights, bits.out == theme.tensors.at((layer + 1) % 2));
    if (best != nullptr && score <= best_score) continue;
    best = &bits;
    best_score = score;
  }
  if (best == nullptr) throw std::logic_error("a layer without a choice of bit-widths");
  return *best;
}

}  // namespace freebits::profiler
