// SPDX-License-Identifier: Apache-2.0
#include "search/pipeline/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/error.hpp"
#include "models/files/network_file.hpp"
#include "search/data/content.hpp"
#include "search/pipeline/bops.hpp"
#include "search/pipeline/front.hpp"
#include "search/pipeline/measured.hpp"
#include "search/train/checkpoint.hpp"
#include "search/train/quantize.hpp"
#include "search/train/same_graph.hpp"

namespace freebits::search {
namespace {

namespace fs = std::filesystem;
using models::BitWidths;

std::string percent(double share) { return fmt::format("{:.2f} %", 100 * share); }

std::vector<Point> points_of(const ChipResult& chip, const std::vector<Tuned>& tuned) {
  std::vector<Point> points;
  for (const Candidate& c : chip.candidates)
    points.push_back({tuned[c.tuned].integer, c.cycles_measured.value_or(c.cycles_table)});
  return points;
}

/// Made where there is none. Two searches would do everything twice and write each other's files.
FileLock locked(const fs::path& folder) {
  try {
    fs::create_directories(folder);
    const fs::path file = folder / "lock";
    if (auto lock = FileLock::try_take(file)) return std::move(*lock);
    throw Error(fmt::format("{}: {} searches there; wait for its end, or name another folder",
                            folder.string(), FileLock::holder(file)));
  } catch (const fs::filesystem_error& error) {
    throw Error(fmt::format("{}: {}", folder.string(), error.code().message()));
  }
}

}  // namespace

Search::Search(models::Graph graph, SearchSettings settings, std::vector<Chip> chips, Data data,
               Threads& threads, fs::path folder, SearchEvents events)
    : settings_(std::move(settings)),
      chips_(std::move(chips)),
      data_(std::move(data)),
      threads_(&threads),
      folder_(std::move(folder)),
      events_(std::move(events)),
      by_latency_(chips_.size()) {
  result_.graph = std::move(graph);
  for (const Chip& chip : chips_) result_.chips.push_back({.name = chip.name});
  settings_.options.seed = settings_.train.seed;
  settings_.train.content = content_of(*data_.train, *data_.test);
  if (settings_.checkpoint) {
    const TrainingState from = read_checkpoint(*settings_.checkpoint);
    expect_same_graph(from.graph, result_.graph);
    settings_.checkpoint_content = content_of(from);
  }
  lock_ = locked(folder_);
  claim_folder(folder_, result_.graph, settings_);
}

bool Search::run(StopToken stop) {
  try {
    return run_stages(stop);
  } catch (const Interrupted&) {
    return false;
  }
}

bool Search::run_stages(StopToken stop) {
  const bool finished = train_float(stop) && measure_tables(stop) && find_sensitivities(stop) &&
                        search_by_bops(stop) && search_by_latency(stop) && propose_and_tune(stop) &&
                        refine(stop) && run_finalists(stop);
  if (finished) result_.stage.clear();
  return finished;
}

bool Search::train_float(StopToken stop) {
  begin("float training");
  const fs::path file = folder_ / "float.ckpt";
  if (fs::exists(file)) {
    float_ = read_checkpoint(file);
    float_.options.threads = settings_.train.threads;
  } else {
    TrainOptions options = settings_.train;
    if (settings_.checkpoint) options.epochs = 0;
    options.warmup = std::min(options.warmup, options.epochs / 2.0);
    float_ = new_training(result_.graph, options);
    if (settings_.checkpoint) start_from(float_, read_checkpoint(*settings_.checkpoint), true);
  }
  Trainer trainer(float_, data_.train, data_.test, *threads_, file);
  if (float_.options.epochs == 0 && !float_.initial_accuracy && !trainer.measure_start(stop))
    return false;
  if (trainer.run(training_events("float training"), stop) == TrainOutcome::Interrupted)
    return false;
  result_.float_accuracy = float_.best_accuracy.value_or(0);
  say(fmt::format("float: {} of {} test images right", percent(result_.float_accuracy),
                  data_.test->size()));
  bank_.emplace(float_, data_.train, *threads_, kCalibrationImages, stop);
  TrainOptions tuning = settings_.train;
  tuning.epochs = settings_.fine_tuning_epochs;
  tuning.warmup = 0;
  tuning.optimizer.learning_rate = settings_.fine_tuning_rate;
  tuner_.emplace(*bank_, tuning, data_.train, data_.test, *threads_, folder_ / "configurations");
  return true;
}

bool Search::measure_tables(StopToken stop) {
  for (std::size_t i = 0; i < chips_.size(); ++i) {
    begin(fmt::format("latency table of {}", chips_[i].name));
    auto table = chips_[i].table(result_.graph, stop);
    if (!table) return false;
    result_.chips[i].table = std::move(*table);
    say(fmt::format("{}: {} cycles at 8 bits", chips_[i].name,
                    cycles_by_table(i, models::uniform(result_.graph, 8))));
  }
  return true;
}

std::uint64_t Search::cycles_by_table(std::size_t chip, const BitWidths& widths) const {
  const profiler::LatencyTable& table = result_.chips[chip].table;
  if (chips_[chip].cycles) return chips_[chip].cycles(table, result_.graph, widths);
  return profiler::total_cycles(table, result_.graph, widths);
}

bool Search::find_sensitivities(StopToken stop) {
  if (!settings_.uses_sensitivities()) return true;
  begin("sensitivities");
  const fs::path file = folder_ / "sensitivities";
  if (fs::exists(file)) {
    sensitivities_ = read_sensitivities(file, result_.graph);
    return true;
  }
  const auto progress = [this](std::size_t done, std::size_t all) {
    if (events_.status) events_.status(fmt::format("sensitivities: {} of {}", done, all));
  };
  sensitivities_ = measure_sensitivities(
      *bank_, data_.train, *threads_,
      {.images = settings_.sensitivity_images, .on_progress = progress}, stop);
  if (!sensitivities_) return false;
  write_sensitivities(file, *sensitivities_);
  return true;
}

std::optional<BitWidths> Search::search_gates(const Price& price, double weight, StopToken stop) {
  begin(fmt::format("differentiable search, {} {}", price.name(), weight));
  std::string name = fmt::format("{}-{}", price.name(), weight);
  std::ranges::replace(name, ':', '-');
  const fs::path result = folder_ / "gates" / (name + ".json");
  if (!fs::exists(result)) {
    const auto widths = train_gates(price, weight, folder_ / "gates" / (name + ".ckpt"), stop);
    if (!widths) return std::nullopt;
    models::write_bit_widths(result, result_.graph, *widths);
  }
  BitWidths widths = models::read_bit_widths(result, result_.graph);
  say(fmt::format("{} {}: {:.1f} % of the 8-bit network's BOPs", price.name(), weight,
                  100 * static_cast<double>(bops(result_.graph, widths)) /
                      static_cast<double>(bops(result_.graph, models::uniform(result_.graph, 8)))));
  return widths;
}

std::optional<BitWidths> Search::train_gates(const Price& price, double weight,
                                             const fs::path& file, StopToken stop) {
  fs::create_directories(file.parent_path());
  TrainingState state = fs::exists(file) ? read_checkpoint(file)
                                         : begin_gate_search(float_, price,
                                                             {.form = settings_.form,
                                                              .price_weight = weight,
                                                              .epochs = settings_.gate_epochs,
                                                              .batch = settings_.train.batch,
                                                              .seed = settings_.train.seed},
                                                             data_.train, *threads_, stop);
  GateSearch search(state, price, data_.train, *threads_, file);
  if (search.run({.step = training_events(result_.stage).step, .epoch = {}}, stop) ==
      TrainOutcome::Interrupted)
    return std::nullopt;
  return search.widths();
}

bool Search::search_gates(const Price& price, Start start, std::vector<Searched>& to,
                          StopToken stop) {
  for (const double strength : settings_.strengths(start)) {
    auto widths = search_gates(price, strength, stop);
    if (!widths) return false;
    to.push_back({strength, std::move(*widths)});
  }
  return true;
}

bool Search::search_by_bops(StopToken stop) {
  if (!settings_.starts_from(Start::BopSearch)) return true;
  return search_gates(BopPrice(result_.graph), Start::BopSearch, by_bops_, stop);
}

bool Search::search_by_latency(StopToken stop) {
  if (!settings_.starts_from(Start::LatencySearch)) return true;
  for (std::size_t i = 0; i < chips_.size(); ++i) {
    const LatencyPrice price(result_.graph, result_.chips[i].table);
    if (!search_gates(price, Start::LatencySearch, by_latency_[i], stop)) return false;
  }
  return true;
}

const std::vector<Searched>& Search::searched(std::size_t chip, Start start) const {
  return start == Start::BopSearch ? by_bops_ : by_latency_[chip];
}

MethodContext Search::context(std::size_t chip, StopToken stop) const {
  return {.graph = result_.graph,
          .table = result_.chips[chip].table,
          .sensitivities = sensitivities_ ? &*sensitivities_ : nullptr,
          .options = settings_.options,
          .stop = stop};
}

/// In the order of the methods; those that start from the same search stand together, strength by
/// strength.
std::vector<Proposal> Search::proposals(std::size_t chip, StopToken stop) const {
  MethodContext context = this->context(chip, stop);
  std::vector<Proposal> all;
  const auto ask = [&](const Method& method) {
    std::ranges::move(method.propose(context), std::back_inserter(all));
  };
  const auto end = settings_.methods.end();
  for (auto method = settings_.methods.begin(); method != end;) {
    const Start start = (*method)->facts().start;
    if (start == Start::None) {
      ask(**method++);
      continue;
    }
    const auto next =
        std::find_if(method, end, [&](const Method* m) { return m->facts().start != start; });
    for (const auto& [strength, widths] : searched(chip, start)) {
      context.strength = strength;
      context.searched = &widths;
      for (auto each = method; each != next; ++each) ask(**each);
    }
    method = next;
  }
  return all;
}

bool Search::propose_and_tune(StopToken stop) {
  for (std::size_t chip = 0; chip < chips_.size(); ++chip) {
    for (Proposal& proposal : proposals(chip, stop)) {
      if (!add(chip, std::move(proposal), stop)) return false;
    }
    choose(result_.chips[chip]);
  }
  return true;
}

/// Fine-tunes what a proposal stands for, unless another has, and makes it a candidate.
bool Search::add(std::size_t chip, Proposal proposal, StopToken stop) {
  begin(fmt::format("fine-tuning, {}: {}", chips_[chip].name, proposal.label));
  const std::size_t known = result_.tuned.size();
  const auto index = tuned(proposal.widths, stop);
  if (!index) return false;
  ChipResult& to = result_.chips[chip];
  const std::uint64_t cycles = cycles_by_table(chip, proposal.widths);
  const Tuned& t = result_.tuned[*index];
  say(fmt::format("{:<10}{:<20}{:>10} cycles, {} calibrated, {} tuned, {} in integers{}", to.name,
                  proposal.label, cycles, percent(t.post_training), percent(t.float_quantized),
                  percent(t.integer), *index < known ? " (as before)" : ""));
  if (!t.failure.empty() && *index >= known) say(fmt::format("  not tuned: {}", t.failure));
  if (!t.limits.empty() && *index >= known) say(fmt::format("  {}", t.limits));
  to.candidates.push_back({std::move(proposal), *index, cycles, std::nullopt});
  return true;
}

std::optional<std::size_t> Search::tuned(const BitWidths& widths, StopToken stop) {
  const auto known = std::ranges::find(result_.tuned, widths, &Tuned::widths);
  if (known != result_.tuned.end()) return static_cast<std::size_t>(known - result_.tuned.begin());
  auto tuned = tuner_->tune(widths, training_events(result_.stage), stop);
  if (!tuned) return std::nullopt;
  result_.tuned.push_back(std::move(*tuned));
  return result_.tuned.size() - 1;
}

/// Between the largest fraction that is accurate enough and the next that is not.
std::optional<double> Search::fraction_to_try(std::size_t chip, const Method& method) const {
  const double least = result_.float_accuracy - settings_.max_drop;
  double good = 0, bad = 1;
  for (const Candidate& c : result_.chips[chip].candidates) {
    if (c.proposal.method != method.facts().name || !c.proposal.fraction) continue;
    const bool is_good = result_.tuned[c.tuned].integer >= least;
    if (is_good) good = std::max(good, *c.proposal.fraction);
    if (!is_good) bad = std::min(bad, *c.proposal.fraction);
  }
  constexpr double kNear = 0.01;
  if (bad - good < kNear) return std::nullopt;
  return (good + bad) / 2;
}

bool Search::refine(StopToken stop) {
  for (const Method* const method : settings_.methods) {
    if (!method->facts().refines) continue;
    for (std::size_t chip = 0; chip < chips_.size(); ++chip) {
      if (!refine(chip, *method, stop)) return false;
      choose(result_.chips[chip]);
    }
  }
  return true;
}

bool Search::refine(std::size_t chip, const Method& method, StopToken stop) {
  for (unsigned i = 0; i < settings_.options.refinements; ++i) {
    const auto fraction = fraction_to_try(chip, method);
    if (!fraction) return true;
    auto proposal = method.at(context(chip, stop), *fraction);
    if (proposal && !add(chip, std::move(*proposal), stop)) return false;
  }
  return true;
}

void Search::choose(ChipResult& chip) const {
  const std::vector<Point> points = points_of(chip, result_.tuned);
  chip.front = pareto_front(points);
  chip.chosen = settings_.options.budget
                    ? most_accurate(points, *settings_.options.budget)
                    : fastest(points, result_.float_accuracy - settings_.max_drop);
}

/// Front, choice and baselines, end to end. Measured cycles take the table's place, which
/// may change front and choice: until all of them are measured.
bool Search::run_finalists(StopToken stop) {
  for (std::size_t i = 0; i < chips_.size(); ++i) {
    ChipResult& chip = result_.chips[i];
    for (auto open = unmeasured(chip); !open.empty(); open = unmeasured(chip)) {
      for (const std::size_t c : open) {
        if (!run_end_to_end(i, chip.candidates[c], stop)) return false;
      }
      choose(chip);
    }
  }
  return true;
}

std::vector<std::size_t> Search::unmeasured(const ChipResult& chip) {
  std::vector<std::size_t> finalists;
  const auto is_baseline = [](const Candidate& candidate) {
    return std::ranges::any_of(all_methods(), [&](const Method* m) {
      return m->facts().is_baseline && m->facts().name == candidate.proposal.method;
    });
  };
  for (std::size_t c = 0; c < chip.candidates.size(); ++c) {
    const Candidate& candidate = chip.candidates[c];
    const bool is_final = is_baseline(candidate) || chip.chosen == c ||
                          std::ranges::find(chip.front, c) != chip.front.end();
    if (is_final && !candidate.cycles_measured) finalists.push_back(c);
  }
  return finalists;
}

bool Search::run_end_to_end(std::size_t chip, Candidate& candidate, StopToken stop) {
  const std::string& name = chips_[chip].name;
  begin(fmt::format("end to end on {}: {}", name, candidate.proposal.label));
  candidate.cycles_measured = end_to_end(chip, result_.tuned[candidate.tuned], stop);
  if (!candidate.cycles_measured) return false;
  const auto measured = static_cast<double>(*candidate.cycles_measured);
  say(fmt::format("{:<10}{:<20}{:>10} cycles end to end, bit-exact; the table said {} ({:+.2f} %)",
                  name, candidate.proposal.label, *candidate.cycles_measured,
                  candidate.cycles_table,
                  100 * (static_cast<double>(candidate.cycles_table) / measured - 1)));
  return true;
}

std::optional<std::uint64_t> Search::end_to_end(std::size_t chip, const Tuned& tuned,
                                                StopToken stop) {
  const MeasuredFile file(folder_, chips_[chip].identity, tuned.id);
  if (const auto cycles = file.read()) return cycles;
  const models::IntegerNetwork network = models::read_integer_network(tuned.network);
  models::Tensor input(network.input, network.input_type);
  std::vector<std::uint8_t> bytes(input.values.size());
  data_.test->read(0, bytes);
  std::ranges::copy(bytes, input.values.begin());
  const auto cycles = chips_[chip].run(network, input, stop);
  if (cycles) file.write(*cycles);
  return cycles;
}

TrainEvents Search::training_events(const std::string& what) const {
  return {.step =
              [this, what](const StepReport& s) {
                if (!events_.status) return;
                events_.status(
                    fmt::format("{}: epoch {}, {} of {} batches, loss {:.3f}, {:.0f} "
                                "images/s, {:.0f} s left",
                                what, s.epoch, s.batch, s.batches, s.mean_loss, s.images_per_second,
                                s.seconds_left));
              },
          .epoch = {}};
}

void Search::begin(std::string stage) {
  result_.stage = std::move(stage);
  if (events_.status) events_.status(result_.stage);
}

void Search::say(std::string_view line) const {
  if (events_.say) events_.say(line);
}

}  // namespace freebits::search
