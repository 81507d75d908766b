// SPDX-License-Identifier: Apache-2.0
#include "profile/assignments.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <tuple>

namespace freebits::profiler {
namespace {

using models::Graph;
using models::TensorId;

/// What a run prefers: widths of tensors with even and odd numbers, and of weights.
struct Theme {
  std::array<unsigned, 2> tensors;
  unsigned weights;

  /// Of layers between those with `weights`: as wide as the tensors are, so that a kernel that has
  /// to unpack does not hide the transfer of the next layer's operands; but no narrower, which
  /// would leave room in L1 for them earlier.
  [[nodiscard]] unsigned others() const {
    const unsigned widest = std::max(tensors[0], tensors[1]);
    if (weights != widest) return std::max(widest, weights);
    return tensors[0] == tensors[1] ? weights : std::min(tensors[0], tensors[1]);
  }
  /// Whether a depthwise layer has the weights' width of the layer before it, or of that behind.
  [[nodiscard]] bool depthwise_ends_pair() const {
    return weights == std::max(tensors[0], tensors[1]);
  }
};

class Cover {
 public:
  Cover(const Graph& graph, std::set<WantedLatency> wanted)
      : graph_(graph), wanted_(std::move(wanted)) {
    for (std::size_t i = 0; i < graph.layers.size(); ++i)
      choices_.push_back(layer_choices(graph, i));
    // A max pool hands its input's width on: both are one tensor here.
    for (TensorId t = 0; t <= graph.layers.size(); ++t) {
      const bool handed = t > 0 && graph.layers[t - 1].kind == models::LayerKind::MaxPool;
      root_.push_back(handed ? root_[graph.layers[t - 1].inputs.front()] : t);
    }
    find_pairs();
  }

  std::vector<Assignment> all() {
    std::vector<Assignment> runs;
    for (const unsigned weights : models::kBitWidths) {
      for (const unsigned even : models::kBitWidths) {
        for (const unsigned odd : models::kBitWidths) {
          for (const unsigned turn : {0U, 1U}) {
            Assignment run = walk({{even, odd}, weights}, turn, {});
            if (!run.layers.empty()) runs.push_back(std::move(run));
          }
        }
      }
    }
    while (!wanted_.empty()) runs.push_back(around(*wanted_.begin()));
    return runs;
  }

 private:
  /// Layers that follow each other with the same width of weights, numbered: depthwise ones at the
  /// end of a pair, or at its begin.
  void find_pairs() {
    bool after_depthwise = false;
    for (const models::Layer& layer : graph_.layers) {
      const bool depthwise = layer.kind == models::LayerKind::Depthwise;
      ends_.push_back((ends_.empty() ? 0 : ends_.back()) + (depthwise ? 0 : 1));
      begins_.push_back((begins_.empty() ? 0 : begins_.back()) + (after_depthwise ? 0 : 1));
      after_depthwise = depthwise;
    }
  }

  /// Pairs of layers take turns, as in most networks: kernels are not in the instruction cache yet.
  [[nodiscard]] unsigned weights_of(std::size_t layer, const Theme& theme, unsigned turn) const {
    const unsigned pair = (theme.depthwise_ends_pair() ? ends_ : begins_)[layer];
    return pair % 2 == turn ? theme.weights : theme.others();
  }

  /// A run that has this one.
  Assignment around(const WantedLatency& wanted) {
    const models::Layer& layer = graph_.layers[wanted.layer];
    const LayerBits& bits = wanted.bits;
    std::vector<unsigned> fixed(graph_.layers.size() + 1, 0);
    for (std::size_t i = 0; i < layer.inputs.size(); ++i)
      fixed[root_[layer.inputs[i]]] = bits.in.at(i);
    fixed[root_[wanted.layer + 1]] = bits.out;
    Theme theme{{bits.in[0], bits.in[0]}, bits.weights == 0 ? 8 : bits.weights};
    theme.tensors.at((wanted.layer + 1) % 2) = bits.out;
    Assignment run = walk(theme, {}, std::move(fixed));
    if (std::ranges::find(run.layers, wanted.layer) == run.layers.end())
      throw std::logic_error("no network has widths that a layer was said to have");
    return run;
  }

  /// Layer by layer the widths that the theme prefers in this turn, of those that go with the
  /// tensors' so far; without a turn rather wanted ones. `tensors`: 0 where nothing is fixed.
  Assignment walk(const Theme& theme, std::optional<unsigned> turn, std::vector<unsigned> tensors) {
    tensors.resize(graph_.layers.size() + 1, 0);
    tensors[0] = choices_[0].front().in[0];
    Assignment run;
    run.widths = models::uniform(graph_, 8);
    for (std::size_t layer = 0; layer < graph_.layers.size(); ++layer) {
      const LayerBits bits = choose(layer, theme, turn, tensors, run);
      tensors[root_[layer + 1]] = bits.out;
      run.widths.weights[layer] = bits.weights;
    }
    for (TensorId t = 0; t < tensors.size(); ++t) run.widths.activations[t] = tensors[root_[t]];
    return run;
  }

  LayerBits choose(std::size_t layer, const Theme& theme, std::optional<unsigned> turn,
                   const std::vector<unsigned>& tensors, Assignment& run) {
    const std::vector<TensorId>& inputs = graph_.layers[layer].inputs;
    const unsigned fixed = tensors[root_[layer + 1]];
    const unsigned weights = turn ? weights_of(layer, theme, *turn) : theme.weights;
    const LayerBits* best = nullptr;
    std::tuple<bool, bool, bool> best_score;
    for (const LayerBits& bits : choices_[layer]) {
      bool fits = fixed == 0 || bits.out == fixed;
      for (std::size_t i = 0; i < inputs.size(); ++i)
        fits = fits && bits.in.at(i) == tensors[root_[inputs[i]]];
      if (!fits) continue;
      const std::tuple score(!turn && wanted_.contains({layer, bits}), bits.weights == weights,
                             bits.out == theme.tensors.at((layer + 1) % 2));
      if (best != nullptr && score <= best_score) continue;
      best = &bits;
      best_score = score;
    }
    if (best == nullptr) throw std::logic_error("a layer without a choice of widths");
    // Those between are there for the others.
    const bool between = turn && best->weights != 0 && best->weights != theme.weights;
    if (!between && wanted_.erase({layer, *best}) != 0) run.layers.push_back(layer);
    return *best;
  }

  const Graph& graph_;
  std::set<WantedLatency> wanted_;
  std::vector<std::vector<LayerBits>> choices_;
  std::vector<TensorId> root_;
  std::vector<unsigned> ends_, begins_;  ///< pair of each layer
};

}  // namespace

std::vector<Assignment> assignments(const Graph& graph, std::set<WantedLatency> wanted) {
  return Cover(graph, std::move(wanted)).all();
}

}  // namespace freebits::profiler
