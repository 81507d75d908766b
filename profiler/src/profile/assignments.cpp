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

/// What a run prefers: widths of tensors with even and odd numbers, and of weights. In a chain of
/// layers 27 such runs have every combination of every layer.
struct Theme {
  std::array<unsigned, 2> tensors;
  unsigned weights;

  /// Of a layer. Where not all widths are the same, layers that follow each other have others, as
  /// in most networks: their kernels are not in the instruction cache yet.
  [[nodiscard]] unsigned weights_of(std::size_t layer) const {
    std::vector<unsigned> turns(models::kBitWidths.begin(), models::kBitWidths.end());
    if (tensors[0] == tensors[1]) {
      if (weights == tensors[0]) return weights;
      std::erase(turns, tensors[0]);
    }
    const auto own = static_cast<std::size_t>(std::ranges::find(turns, weights) - turns.begin());
    return turns[(own + layer / 2) % turns.size()];
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
  }

  std::vector<Assignment> all() {
    std::vector<Assignment> runs;
    for (const unsigned weights : models::kBitWidths) {
      for (const unsigned even : models::kBitWidths) {
        for (const unsigned odd : models::kBitWidths) {
          Assignment run = walk({{even, odd}, weights}, {}, false);
          if (!run.layers.empty()) runs.push_back(std::move(run));
        }
      }
    }
    while (!wanted_.empty()) runs.push_back(around(*wanted_.begin()));
    return runs;
  }

 private:
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
    Assignment run = walk(theme, std::move(fixed), true);
    if (std::ranges::find(run.layers, wanted.layer) == run.layers.end())
      throw std::logic_error("no network has widths that a layer was said to have");
    return run;
  }

  /// Layer by layer the widths that the theme prefers, of those that go with the tensors' so far;
  /// or rather wanted ones, where it `strays`. `tensors`: 0 where nothing is fixed.
  Assignment walk(const Theme& theme, std::vector<unsigned> tensors, bool strays) {
    tensors.resize(graph_.layers.size() + 1, 0);
    tensors[0] = choices_[0].front().in[0];
    Assignment run;
    run.widths = models::uniform(graph_, 8);
    for (std::size_t layer = 0; layer < graph_.layers.size(); ++layer) {
      const LayerBits bits = choose(layer, theme, tensors, strays, run);
      tensors[root_[layer + 1]] = bits.out;
      run.widths.weights[layer] = bits.weights;
    }
    for (TensorId t = 0; t < tensors.size(); ++t) run.widths.activations[t] = tensors[root_[t]];
    return run;
  }

  LayerBits choose(std::size_t layer, const Theme& theme, const std::vector<unsigned>& tensors,
                   bool strays, Assignment& run) {
    const std::vector<TensorId>& inputs = graph_.layers[layer].inputs;
    const unsigned fixed = tensors[root_[layer + 1]];
    const unsigned weights = strays ? theme.weights : theme.weights_of(layer);
    const LayerBits* best = nullptr;
    std::tuple<bool, bool, bool> best_score;
    for (const LayerBits& bits : choices_[layer]) {
      bool fits = fixed == 0 || bits.out == fixed;
      for (std::size_t i = 0; i < inputs.size(); ++i)
        fits = fits && bits.in.at(i) == tensors[root_[inputs[i]]];
      if (!fits) continue;
      const std::tuple score(strays && wanted_.contains({layer, bits}), bits.weights == weights,
                             bits.out == theme.tensors.at((layer + 1) % 2));
      if (best != nullptr && score <= best_score) continue;
      best = &bits;
      best_score = score;
    }
    if (best == nullptr) throw std::logic_error("a layer without a choice of widths");
    if (wanted_.erase({layer, *best}) != 0) run.layers.push_back(layer);
    return *best;
  }

  const Graph& graph_;
  std::set<WantedLatency> wanted_;
  std::vector<std::vector<LayerBits>> choices_;
  std::vector<TensorId> root_;
};

}  // namespace

std::vector<Assignment> assignments(const Graph& graph, std::set<WantedLatency> wanted) {
  return Cover(graph, std::move(wanted)).all();
}

}  // namespace freebits::profiler
