// SPDX-License-Identifier: Apache-2.0
#include "search/methods/exact.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "search/methods/integer_program.hpp"
#include "search/methods/place.hpp"
#include "search/methods/variables.hpp"

namespace freebits::search {
namespace {

using models::BitWidths;
using models::Graph;
using models::kBitWidths;
using profiler::LatencyTable;
using profiler::LayerBits;
using Term = IntegerProgram::Term;

/// What is minimised, and what is bounded. Cycles and rises are divided by their scale.
struct Goal {
  double cycles_cost = 0, rise_cost = 0;
  std::optional<double> most_cycles, most_rise;
};

/// The program: a column for each (variable, width), one for each (layer, row of the table).
class Model {
 public:
  Model(const Graph& graph, const LatencyTable& table, const Sensitivities& s, StopToken stop)
      : graph_(&graph), table_(&table), sensitivities_(&s), variables_(graph), stop_(stop) {
    const BitWidths eight = models::uniform(graph, 8);
    cycles_scale_ = static_cast<double>(
        std::max<std::uint64_t>(1, profiler::total_cycles(table, graph, eight)));
    rise_scale_ = std::max(1e-9, predicted_rise(s, models::uniform(graph, 2)));
  }

  [[nodiscard]] double scaled_cycles(double cycles) const { return cycles / cycles_scale_; }
  [[nodiscard]] double scaled_rise(double rise) const { return rise / rise_scale_; }

  [[nodiscard]] std::optional<BitWidths> solve(const Goal& goal) const {
    IntegerProgram program;
    std::vector<Term> cycles, rise;
    std::vector<std::array<std::size_t, kBitWidths.size()>> columns(variables_.size());
    for (std::size_t v = 0; v < variables_.size(); ++v) {
      std::vector<Term> one;
      for (std::size_t b = 0; b < kBitWidths.size(); ++b) {
        const double cost = scaled_rise(rise_of(v, b));
        columns[v][b] = program.add_column(goal.rise_cost * cost, true);
        one.push_back({columns[v][b], 1});
        rise.push_back({columns[v][b], cost});
      }
      program.add_row(one, 1, 1);
    }
    for (std::size_t layer = 0; layer < graph_->layers.size(); ++layer)
      add_layer(program, columns, layer, goal, cycles);
    // A solver's tolerance must not let a bound be passed.
    constexpr double kSlack = 1e-7;
    const double none = -std::numeric_limits<double>::max();
    if (goal.most_cycles) program.add_row(cycles, none, *goal.most_cycles - kSlack);
    if (goal.most_rise) program.add_row(rise, none, *goal.most_rise + kSlack);
    const auto solution = program.solve(stop_);
    if (!solution) return std::nullopt;
    BitWidths widths = models::uniform(*graph_, 8);
    for (std::size_t v = 0; v < variables_.size(); ++v) {
      for (std::size_t b = 0; b < kBitWidths.size(); ++b) {
        if ((*solution)[columns[v][b]] > 0.5) variables_.set(widths, v, kBitWidths[b]);
      }
    }
    return widths;
  }

 private:
  [[nodiscard]] double rise_of(std::size_t variable, std::size_t place) const {
    const Variable& v = variables_[variable];
    if (v.is_weights) return sensitivities_->weights[v.layer][place];
    double sum = 0;
    for (const models::TensorId id : v.tensors) sum += sensitivities_->activations[id][place];
    return sum;
  }

  /// One row of the layer's table is chosen: the one whose widths are.
  void add_layer(IntegerProgram& program,
                 const std::vector<std::array<std::size_t, kBitWidths.size()>>& columns,
                 std::size_t layer, const Goal& goal, std::vector<Term>& cycles) const {
    const std::vector<std::size_t>& free = variables_.of_layer(layer);
    std::vector<std::vector<Term>> ties(free.size() * kBitWidths.size());
    for (std::size_t f = 0; f < free.size(); ++f) {
      for (std::size_t b = 0; b < kBitWidths.size(); ++b)
        ties[f * kBitWidths.size() + b].push_back({columns[free[f]][b], -1});
    }
    std::vector<Term> one;
    for (const BitWidths& widths : choices(free)) {
      const double cost = scaled_cycles(
          static_cast<double>(table_->cycles(layer, profiler::layer_bits(*graph_, widths, layer))));
      const std::size_t column = program.add_column(goal.cycles_cost * cost, false);
      cycles.push_back({column, cost});
      one.push_back({column, 1});
      for (std::size_t f = 0; f < free.size(); ++f) {
        const std::size_t b = place_of(variables_.get(widths, free[f]));
        ties[f * kBitWidths.size() + b].push_back({column, 1});
      }
    }
    for (auto& tie : ties) program.add_row(std::move(tie), 0, 0);
    program.add_row(std::move(one), 1, 1);
  }

  /// Every assignment of some variables, the others at 8 bits.
  [[nodiscard]] std::vector<BitWidths> choices(const std::vector<std::size_t>& free) const {
    std::vector<BitWidths> all = {models::uniform(*graph_, 8)};
    for (const std::size_t v : free) {
      std::vector<BitWidths> more;
      for (const BitWidths& each : all) {
        for (const unsigned bits : kBitWidths) {
          more.push_back(each);
          variables_.set(more.back(), v, bits);
        }
      }
      all = std::move(more);
    }
    return all;
  }

  const Graph* graph_;
  const LatencyTable* table_;
  const Sensitivities* sensitivities_;
  Variables variables_;
  StopToken stop_;
  double cycles_scale_ = 1, rise_scale_ = 1;
};

/// What decides among equals.
constexpr double kTieBreak = 1e-5;

}  // namespace

std::optional<BitWidths> ExactAssignment::least_rise(std::uint64_t most_cycles) const {
  const Model model(*graph_, *table_, *sensitivities_, stop_);
  // Half a cycle above is the same bound, and room for the solver.
  return model.solve({.cycles_cost = kTieBreak,
                      .rise_cost = 1,
                      .most_cycles = model.scaled_cycles(static_cast<double>(most_cycles) + 0.5),
                      .most_rise = {}});
}

std::optional<BitWidths> ExactAssignment::fewest_cycles(double most_rise) const {
  if (most_rise < 0) return std::nullopt;
  const Model model(*graph_, *table_, *sensitivities_, stop_);
  return model.solve({.cycles_cost = 1,
                      .rise_cost = kTieBreak,
                      .most_cycles = {},
                      .most_rise = model.scaled_rise(most_rise)});
}

BitWidths ExactAssignment::fastest() const {
  const Model model(*graph_, *table_, *sensitivities_, stop_);
  return *model.solve(
      {.cycles_cost = 1, .rise_cost = kTieBreak, .most_cycles = {}, .most_rise = {}});
}

std::vector<BitWidths> exact_front(const Graph& graph, const LatencyTable& table,
                                   const Sensitivities& sensitivities,
                                   const std::vector<double>& shares, StopToken stop) {
  const ExactAssignment exact(graph, table, sensitivities, stop);
  const std::uint64_t eight = profiler::total_cycles(table, graph, models::uniform(graph, 8));
  const std::uint64_t least = profiler::total_cycles(table, graph, exact.fastest());
  std::vector<BitWidths> front;
  for (const double share : shares) {
    const auto saved = static_cast<std::uint64_t>(share * static_cast<double>(eight - least));
    const auto widths = exact.least_rise(eight - saved);
    if (widths && std::ranges::find(front, *widths) == front.end()) front.push_back(*widths);
  }
  return front;
}

}  // namespace freebits::search
