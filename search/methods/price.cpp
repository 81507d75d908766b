// SPDX-License-Identifier: Apache-2.0
#include "search/methods/price.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "search/methods/place.hpp"

namespace freebits::search {
namespace {

/// The chain of gates pays for every width it passes: 2, 2 + 4, 2 + 4 + 8.
constexpr WidthOdds kChain = {14, 6, 2};
constexpr WidthOdds kBits = {8, 4, 2};

void clear(NetworkOdds& gradient) {
  std::ranges::fill(gradient.weights, WidthOdds{});
  std::ranges::fill(gradient.activations, WidthOdds{});
}

double dot(const WidthOdds& a, const WidthOdds& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

void add(WidthOdds& to, const WidthOdds& values, double factor) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += factor * values[i];
}

}  // namespace

double Price::of(const models::BitWidths& widths) const {
  const NetworkOdds odds = certain(widths);
  NetworkOdds gradient = odds;
  return value(odds, gradient);
}

BopPrice::BopPrice(const models::Graph& graph, Form form) : form_(form) {
  const std::vector<models::Shape> shapes = models::shapes(graph);
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const models::Layer& layer = graph.layers[i];
    if (!models::has_weights(layer.kind)) continue;
    const models::TensorId input = layer.inputs[0];
    const auto macs = static_cast<double>(models::macs(layer, shapes[input], shapes[i + 1]));
    layers_.push_back({i, input, macs});
    most_ = std::max(most_, macs);
  }
}

std::string BopPrice::name() const { return form_ == Form::Sum ? "bop" : "joint_bop"; }

double BopPrice::value(const NetworkOdds& odds, NetworkOdds& gradient) const {
  clear(gradient);
  double sum = 0;
  for (const Layer& l : layers_) {
    const WidthOdds &w = odds.weights[l.index], &a = odds.activations[l.input];
    WidthOdds &by_w = gradient.weights[l.index], &by_a = gradient.activations[l.input];
    const double share = l.macs / most_;
    if (form_ == Form::Sum) {
      sum += l.macs * (dot(w, kChain) + dot(a, kChain));
      add(by_w, kChain, share);
      add(by_a, kChain, share);
    } else {
      const double bits_w = dot(w, kBits), bits_a = dot(a, kBits);
      sum += l.macs * bits_w * bits_a;
      add(by_w, kBits, share * bits_a);
      add(by_a, kBits, share * bits_w);
    }
  }
  return sum / most_;
}

LatencyPrice::LatencyPrice(const models::Graph& graph, const profiler::LatencyTable& table)
    : target_(table.target) {
  if (table.layers.size() != graph.layers.size()) {
    throw Error(fmt::format("latency table of {}: {} layers, expected the {} of {}", table.target,
                            table.layers.size(), graph.layers.size(), graph.name));
  }
  std::uint64_t slowest = 1;
  const models::BitWidths eight = models::uniform(graph, 8);
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const models::Layer& layer = graph.layers[i];
    for (const profiler::LayerBits& bits : profiler::layer_choices(graph, i)) {
      const profiler::LatencyEntry* const entry = table.find(i, bits);
      if (entry == nullptr) {
        throw Error(fmt::format(
            "latency table of {}: {} has no entry for inputs {} and {}, weights {}, output {}",
            table.target, layer.name, bits.in[0], bits.in[1], bits.weights, bits.out));
      }
      Term term{static_cast<double>(entry->cycles), {}};
      for (std::size_t k = 0; k < layer.inputs.size(); ++k)
        term.factors.push_back({false, layer.inputs[k], place_of(bits.in.at(k))});
      if (bits.weights != 0) term.factors.push_back({true, i, place_of(bits.weights)});
      // Of a tensor that has its input's width: that is one probability, not two.
      if (!models::keeps_precision(layer.kind))
        term.factors.push_back({false, i + 1, place_of(bits.out)});
      terms_.push_back(std::move(term));
    }
    slowest = std::max(slowest, table.cycles(i, profiler::layer_bits(graph, eight, i)));
  }
  cycles_ = static_cast<double>(slowest);
}

double LatencyPrice::value(const NetworkOdds& odds, NetworkOdds& gradient) const {
  clear(gradient);
  const auto at = [](auto& all, const Factor& f) -> auto& {
    return (f.of_weights ? all.weights : all.activations)[f.index][f.choice];
  };
  double sum = 0;
  for (const Term& term : terms_) {
    double all = term.latency;
    for (const Factor& f : term.factors) all *= at(odds, f);
    sum += all;
    for (const Factor& f : term.factors) {
      // Not all / odds: those may be 0.
      double others = term.latency / cycles_;
      for (const Factor& other : term.factors) others *= &other == &f ? 1 : at(odds, other);
      at(gradient, f) += others;
    }
  }
  return sum / cycles_;
}

}  // namespace freebits::search
