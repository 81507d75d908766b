// SPDX-License-Identifier: Apache-2.0
#include "search/methods/gates.hpp"

#include <algorithm>

namespace freebits::search {
namespace {

constexpr WidthOdds kEight = {1, 0, 0};

WidthOdds certain(unsigned bits) {
  WidthOdds odds{};
  std::ranges::transform(models::kBitWidths, odds.begin(),
                         [&](unsigned each) { return each == bits ? 1.0 : 0.0; });
  return odds;
}

}  // namespace

WidthOdds width_odds(double p4, double p8) { return {p4 * p8, p4 * (1 - p8), 1 - p4}; }

double expected_bits(const WidthOdds& odds) {
  double bits = 0;
  for (std::size_t i = 0; i < odds.size(); ++i) bits += models::kBitWidths[i] * odds[i];
  return bits;
}

NetworkOdds certain(const models::BitWidths& widths) {
  NetworkOdds odds;
  for (const unsigned bits : widths.weights) odds.weights.push_back(certain(bits));
  for (const unsigned bits : widths.activations) odds.activations.push_back(certain(bits));
  return odds;
}

Gates::Gates(const models::Graph& graph, Parameters& parameters, GatedForm form)
    : shape_(gate_shape(form)) {
  for (const models::Layer& layer : graph.layers) {
    has_weights_.push_back(models::has_weights(layer.kind));
    weights_.push_back(has_weights_.back() ? &parameters.at(layer.name + ".weight_gates")
                                           : nullptr);
  }
  for (const models::TensorId root : models::precision_roots(graph)) {
    activations_.push_back(root == 0 ? nullptr
                                     : &parameters.at(graph.layers[root - 1].name + ".gates"));
  }
}

void Gates::hold_output() {
  constexpr float kOpen = 100;  // drawn, it is 1 every time
  Parameter* const gates = activations_.back();
  if (gates == nullptr) return;
  std::ranges::fill(gates->value.span(), kOpen);
  gates->frozen = true;
}

WidthOdds Gates::odds_of(const Parameter* gates) const {
  if (gates == nullptr) return kEight;
  return width_odds(static_cast<double>(open_probability(gates->value[0], shape_)),
                    static_cast<double>(open_probability(gates->value[1], shape_)));
}

unsigned Gates::bits_of(const Parameter* gates) const {
  if (gates == nullptr || !is_open(gates->value[0], shape_)) return gates == nullptr ? 8 : 2;
  return is_open(gates->value[1], shape_) ? 8 : 4;
}

NetworkOdds Gates::odds() const {
  NetworkOdds odds;
  for (std::size_t i = 0; i < weights_.size(); ++i)
    odds.weights.push_back(has_weights_[i] ? odds_of(weights_[i]) : WidthOdds{});
  for (const Parameter* gates : activations_) odds.activations.push_back(odds_of(gates));
  return odds;
}

models::BitWidths Gates::widths() const {
  models::BitWidths widths;
  for (std::size_t i = 0; i < weights_.size(); ++i)
    widths.weights.push_back(has_weights_[i] ? bits_of(weights_[i]) : 0);
  for (const Parameter* gates : activations_) widths.activations.push_back(bits_of(gates));
  return widths;
}

void Gates::add(Parameter* gates, const WidthOdds& by_odds, double factor) const {
  if (gates == nullptr) return;
  const auto [by8, by4, by2] = by_odds;
  const auto p4 = static_cast<double>(open_probability(gates->value[0], shape_));
  const auto p8 = static_cast<double>(open_probability(gates->value[1], shape_));
  const double by_p4 = by8 * p8 + by4 * (1 - p8) - by2, by_p8 = p4 * (by8 - by4);
  // dp / dphi of a sigmoid.
  gates->gradient[0] += static_cast<float>(factor * by_p4 * p4 * (1 - p4));
  gates->gradient[1] += static_cast<float>(factor * by_p8 * p8 * (1 - p8));
}

void Gates::add_gradient(const NetworkOdds& by_odds, double factor) const {
  for (std::size_t i = 0; i < weights_.size(); ++i) add(weights_[i], by_odds.weights[i], factor);
  for (std::size_t i = 0; i < activations_.size(); ++i)
    add(activations_[i], by_odds.activations[i], factor);
}

}  // namespace freebits::search
