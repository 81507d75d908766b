// SPDX-License-Identifier: Apache-2.0
#include "profiler/profile/excerpt.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "deploy/image/program.hpp"

namespace freebits::profiler {
namespace {

using models::Move;
using models::Plan;
using models::Step;

/// Simulated of each kind of step, beside a layer's first and last ones. Even: buffers in L1
/// alternate.
constexpr std::size_t kSamples = 4;
constexpr std::size_t kFirstSteps = 2;

/// Pixels of a kernel that runs for its code only.
constexpr unsigned kPixelsForCode = 64;

/// Steps with the same take about the same time.
struct Kind {
  std::tuple<bool, unsigned, unsigned, unsigned, unsigned> kernel;
  std::vector<std::tuple<Move::Kind, std::uint32_t, std::uint32_t, bool>> moves;
  friend auto operator<=>(const Kind&, const Kind&) = default;
};

bool from_l3(const Plan& plan, const Move& m) {
  if (m.kind == Move::Kind::LoadConstants)
    return plan.constants[m.what].where == models::Constants::Where::Direct;
  return moves_tensor_in_l3(plan, m);
}

Kind kind_of(const Plan& plan, const Step& step) {
  Kind kind;
  if (step.layer) {
    const models::InputRows rows = models::input_rows(plan.layers[*step.layer], step.tile);
    kind.kernel = {true, step.tile.rows, step.tile.channels, rows.rows, rows.pad_top};
  }
  for (const Move& m : step.moves)
    kind.moves.emplace_back(m.kind, m.bytes, m.rows, from_l3(plan, m));
  return kind;
}

/// Steps first … last of the plan: one layer's.
struct Range {
  std::size_t first = ~std::size_t{0}, last = 0, last_kernel = 0;
};

class Excerpter {
 public:
  explicit Excerpter(const Plan& plan) : plan_(plan), ranges_(plan.layers.size()) {
    for (std::size_t s = 0; s + 1 < plan.steps.size(); ++s) {
      const std::size_t layer = layer_of(plan, s);
      Range& range = ranges_[layer];
      range.first = std::min(range.first, s);
      range.last = s;
      if (plan.steps[s].layer) range.last_kernel = s;
    }
  }

  Excerpt take(std::size_t layer, Fidelity fidelity) {
    Excerpt excerpt;
    excerpt.plan = plan_;
    excerpt.plan.steps.clear();
    excerpt.plan.streams.clear();
    if (layer > 1) add_code_of(excerpt, layer - 2);
    if (layer > 0) {
      add(excerpt, {.origin = ranges_[layer - 1].last_kernel,
                    .layer = layer - 1,
                    .wanted = false,
                    .leads_over = true});
    }
    add_layer(excerpt, layer, fidelity);
    excerpt.plan.steps.emplace_back();
    return excerpt;
  }

 private:
  void add(Excerpt& excerpt, const ExcerptStep& step) {
    excerpt.steps.push_back(step);
    Step& copy = excerpt.plan.steps.emplace_back(plan_.steps[step.origin]);
    copy.streams = copy.l3_wait = 0;
  }

  /// The layer's last kernel on few pixels: enough for each of its loops.
  void add_code_of(Excerpt& excerpt, std::size_t layer) {
    const models::KernelLayer& l = plan_.layers[layer];
    add(excerpt, {.origin = ranges_[layer].last_kernel, .layer = layer, .wanted = false});
    Step& step = excerpt.plan.steps.back();
    step.moves.clear();
    step.tile.rows = std::min(step.tile.rows, (kPixelsForCode + l.out.width - 1) / l.out.width);
  }

  [[nodiscard]] bool weights_from_l3(const Range& range) const {
    for (std::size_t s = range.first; s <= range.last; ++s) {
      for (const Move& m : plan_.steps[s].moves) {
        if (m.kind == Move::Kind::LoadConstants && from_l3(plan_, m)) return true;
      }
    }
    return false;
  }

  void add_layer(Excerpt& excerpt, std::size_t layer, Fidelity fidelity) {
    const Range& range = ranges_[layer];
    const bool last_layer = layer + 1 == ranges_.size();
    // What comes from L3 tile by tile comes irregularly; such layers are few, and small.
    const bool every_step = fidelity == Fidelity::Full || weights_from_l3(range);
    std::map<Kind, std::size_t> numbers;  ///< of kinds, from 1
    std::vector<std::vector<std::size_t>> taken(1);
    std::vector<std::size_t> counts(1);
    for (std::size_t s = range.first; s <= range.last; ++s) {
      ExcerptStep step{.origin = s, .layer = layer};
      step.leads_over = s == range.last_kernel && !last_layer;
      const bool always = every_step || s < range.first + kFirstSteps || s >= range.last_kernel;
      if (!always) {
        step.kind =
            numbers.try_emplace(kind_of(plan_, plan_.steps[s]), counts.size()).first->second;
        if (step.kind == counts.size()) {
          counts.push_back(0);
          taken.emplace_back();
        }
        ++counts[step.kind];
        if (taken[step.kind].size() == kSamples) continue;
        taken[step.kind].push_back(excerpt.steps.size());
      }
      add(excerpt, step);
    }
    for (std::size_t kind = 1; kind < counts.size(); ++kind) {
      for (const std::size_t step : taken[kind]) {
        excerpt.steps[step].count =
            static_cast<double>(counts[kind]) / static_cast<double>(taken[kind].size());
      }
    }
  }

  const Plan& plan_;
  std::vector<Range> ranges_;
};

}  // namespace

Excerpt make_excerpt(const Plan& plan, std::size_t layer, Fidelity fidelity) {
  return Excerpter(plan).take(layer, fidelity);
}

}  // namespace freebits::profiler
