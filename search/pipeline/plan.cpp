// SPDX-License-Identifier: Apache-2.0
#include "search/pipeline/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "search/methods/variables.hpp"
#include "search/train/speed.hpp"

namespace freebits::search {
namespace {

namespace fs = std::filesystem;

/// Images a second of one kind of network.
TrainingSpeed speed_of(const models::Graph& graph, const SearchSettings& s, bool quantized,
                       bool gated, StopToken stop) {
  Quantization quantization = uniform_quantization(graph, 8, 8);
  if (gated) quantization.gated = s.form;
  constexpr unsigned kSteps = 3;
  return measure_training(graph, s.train.batch, quantized ? &quantization : nullptr,
                          s.train.threads, kSteps, stop);
}

/// Configurations that all methods propose, if no two are the same.
std::size_t configurations(const SearchSettings& s, std::size_t chips) {
  std::size_t shared = 0, each = 0;
  for (const Method* const method : s.methods) {
    const MethodFacts& facts = method->facts();
    const std::size_t calls = facts.start == Start::None ? 1 : s.strengths(facts.start).size();
    (facts.uses_table ? each : shared) += calls * method->most_proposals(s.options);
    if (facts.refines) each += s.options.refinements;
  }
  return shared + chips * each;
}

std::size_t differentiable_searches(const SearchSettings& s, std::size_t chips) {
  return (s.starts_from(Start::BopSearch) ? s.bop_strengths.size() : 0) +
         (s.starts_from(Start::LatencySearch) ? chips * s.latency_strengths.size() : 0);
}

std::size_t files_named(const fs::path& folder, std::string_view name) {
  std::size_t count = 0;
  std::error_code none;
  for (const auto& entry : fs::recursive_directory_iterator(folder, none))
    count += entry.path().filename() == name || entry.path().extension() == name ? 1 : 0;
  return count;
}

}  // namespace

std::vector<PlannedStage> plan(const models::Graph& graph, const SearchSettings& s,
                               const std::vector<Chip>& chips, const Data& data,
                               const fs::path& folder, StopToken stop) {
  const auto train = static_cast<double>(data.train->size());
  const auto test = static_cast<double>(data.test->size());
  const TrainingSpeed in_float = speed_of(graph, s, false, false, stop);
  const TrainingSpeed quantized = speed_of(graph, s, true, false, stop);
  const TrainingSpeed gated = speed_of(graph, s, true, true, stop);
  const auto training = [&](const TrainingSpeed& speed, unsigned epochs) {
    return epochs * (train / speed.images_per_second + test / speed.inference_images_per_second);
  };
  std::vector<PlannedStage> stages;
  const bool trained = fs::exists(folder / "float.ckpt");
  const unsigned epochs = s.checkpoint ? 0 : s.train.epochs;
  stages.push_back({"float training",
                    fmt::format("{} epochs, {:.0f} images/s", epochs, in_float.images_per_second),
                    trained ? 0 : training(in_float, epochs), trained});
  for (const Chip& chip : chips) {
    stop.check();
    const double seconds = chip.table_seconds ? chip.table_seconds(graph) : 0;
    stages.push_back(
        {"latency table of " + chip.name, "what the store lacks", seconds, seconds == 0});
  }
  const bool sensitive = !s.uses_sensitivities() || fs::exists(folder / "sensitivities");
  const std::size_t widths = 2 * Variables(graph).size();
  stages.push_back({"sensitivities", fmt::format("{} of {} images", widths, s.sensitivity_images),
                    sensitive ? 0
                              : static_cast<double>(widths * s.sensitivity_images) /
                                    quantized.inference_images_per_second,
                    sensitive});
  const std::size_t searches = differentiable_searches(s, chips.size());
  const std::size_t searched = std::min(searches, files_named(folder / "gates", ".json"));
  stages.push_back(
      {"differentiable searches",
       fmt::format("{} of {} epochs, {:.0f} images/s; {} finished", searches, s.gate_epochs,
                   gated.images_per_second, searched),
       static_cast<double>(searches - searched) * s.gate_epochs * train / gated.images_per_second,
       searches == searched});
  const std::size_t all = configurations(s, chips.size());
  const std::size_t tuned = std::min(all, files_named(folder / "configurations", "accuracy"));
  stages.push_back({"fine-tuning, accuracy in integers",
                    fmt::format("at most {} of {} epochs, {:.0f} images/s; {} finished", all,
                                s.fine_tuning_epochs, quantized.images_per_second, tuned),
                    static_cast<double>(all - tuned) * training(quantized, s.fine_tuning_epochs),
                    false});
  return stages;
}

}  // namespace freebits::search
