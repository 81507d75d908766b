// SPDX-License-Identifier: Apache-2.0
// result.json of `freebits search`.
#include "cli/search/search_document.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "cli/common/document.hpp"
#include "cli/common/target_options.hpp"
#include "cli/report/method_names.hpp"
#include "search/pipeline/bops.hpp"
#include "tb/core/accounting.hpp"

namespace freebits::cli {
namespace {

using nlohmann::ordered_json;
using search::Candidate;
using search::ChipResult;
using search::SearchResult;

ordered_json layers_json(const models::Graph& graph) {
  const std::vector<models::Shape> shapes = models::shapes(graph);
  auto json = ordered_json::array();
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const models::Layer& layer = graph.layers[i];
    auto inputs = ordered_json::array();
    for (const models::TensorId id : layer.inputs) inputs.push_back(tensor_name(graph, id));
    const models::Shape in = shapes[layer.inputs[0]], out = shapes[i + 1];
    json.push_back({{"name", layer.name},
                    {"kind", name(layer.kind)},
                    {"macs", macs(layer, in, out)},
                    {"weight_count", weight_count(layer, in, out)},
                    {"inputs", inputs},
                    {"output", layer.name}});
  }
  return json;
}

ordered_json bits_json(const models::Graph& graph, const models::BitWidths& widths) {
  ordered_json weights = ordered_json::object(), activations = ordered_json::object();
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    if (widths.weights[i] != 0) weights[graph.layers[i].name] = widths.weights[i];
  }
  for (models::TensorId id = 0; id < widths.activations.size(); ++id)
    activations[std::string(tensor_name(graph, id))] = widths.activations[id];
  return {{"weights", weights}, {"activations", activations}};
}

ordered_json accounting_json(const tb::Accounting& accounting) {
  ordered_json json;
  for (std::size_t i = 0; i < tb::kActivityNames.size(); ++i)
    json[std::string(tb::kActivityNames[i])] = accounting[i];
  return json;
}

/// "freebits-0.1": unique on its target.
std::string id_of(const Candidate& c) {
  std::string id = c.proposal.label;
  std::ranges::replace(id, ' ', '-');
  std::erase(id, '%');
  while (id.ends_with('-')) id.pop_back();
  return id;
}

ordered_json within(const std::filesystem::path& file, const std::filesystem::path& folder) {
  return std::filesystem::relative(file, folder).string();
}

std::string today() { return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr))); }

class TargetJson {
 public:
  TargetJson(const SearchResult& result, const ChipResult& chip, const tb::Target& target,
             std::filesystem::path folder)
      : result_(&result), chip_(&chip), target_(&target), folder_(std::move(folder)) {}

  [[nodiscard]] ordered_json document() const {
    auto candidates = ordered_json::array(), front = ordered_json::array();
    for (const Candidate& c : chip_->candidates) candidates.push_back(candidate(c));
    for (const std::size_t i : chip_->front) front.push_back(id_of(chip_->candidates[i]));
    ordered_json json = {{"name", chip_->name},
                         {"target", target_json(*target_)},
                         {"clock_mhz", target_->clock_mhz},
                         {"candidates", candidates},
                         {"front", front},
                         {"chosen", nullptr},
                         {"latency_reduction_vs_8bit", nullptr},
                         {"accuracy_drop_vs_float", nullptr}};
    if (chip_->chosen) add_chosen(json, chip_->candidates[*chip_->chosen]);
    return json;
  }

 private:
  /// Cycles of what was run end to end, else of the table.
  [[nodiscard]] static double cycles(const Candidate& c) {
    return static_cast<double>(c.cycles_measured.value_or(c.cycles_table));
  }

  void add_chosen(ordered_json& json, const Candidate& chosen) const {
    json["chosen"] = id_of(chosen);
    json["accuracy_drop_vs_float"] = result_->float_accuracy - result_->tuned[chosen.tuned].integer;
    for (const Candidate& c : chip_->candidates) {
      if (c.proposal.widths == models::uniform(result_->graph, 8)) {
        json["latency_reduction_vs_8bit"] = 1 - cycles(chosen) / cycles(c);
        return;
      }
    }
  }

  [[nodiscard]] ordered_json candidate(const Candidate& c) const {
    const search::Tuned& t = result_->tuned[c.tuned];
    const models::Graph& graph = result_->graph;
    auto layer_cycles = ordered_json::array(), accounting = ordered_json::array();
    for (std::size_t i = 0; i < graph.layers.size(); ++i) {
      const auto* const entry = chip_->table.find(i, profiler::layer_bits(graph, t.widths, i));
      layer_cycles.push_back(entry->cycles);
      accounting.push_back(accounting_json(entry->accounting));
    }
    ordered_json json = {{"id", id_of(c)},
                         {"method", c.proposal.method},
                         {"label", c.proposal.label},
                         {"price", nullptr},
                         {"share", nullptr},
                         {"accuracy_post_training", t.post_training},
                         {"accuracy_float_quantized", t.float_quantized},
                         {"accuracy_integer", t.integer},
                         {"cycles_table", c.cycles_table},
                         {"cycles_measured", nullptr},
                         {"milliseconds", cycles(c) / target_->clock_mhz / 1e3},
                         {"bops", search::bops(graph, t.widths)},
                         {"weight_bytes", search::weight_bytes(graph, t.widths)},
                         {"bits", bits_json(graph, t.widths)},
                         {"layer_cycles", layer_cycles},
                         {"accounting", accounting},
                         {"files",
                          {{"bits", within(t.bits, folder_)},
                           {"checkpoint", within(t.checkpoint, folder_)},
                           {"integer_network", within(t.network, folder_)}}}};
    if (c.proposal.strength) json["price"] = *c.proposal.strength;
    if (c.proposal.fraction) json["share"] = *c.proposal.fraction;
    if (c.cycles_measured) json["cycles_measured"] = *c.cycles_measured;
    if (!t.limits.empty()) json["limits"] = t.limits;
    return json;
  }

  const SearchResult* result_;
  const ChipResult* chip_;
  const tb::Target* target_;
  std::filesystem::path folder_;
};

}  // namespace

ordered_json search_document(const SearchResult& result, const std::vector<tb::Target>& targets,
                             const SearchDocument& about) {
  constexpr double kPoints = 100;
  auto json =
      document("search", {{"name", "host"}, {"threads", about.threads}}, about.seed, about.seconds);
  json["date"] = today();
  json["command"] = about.command;
  json["finished"] = result.stage.empty();
  json["stage"] = result.stage;
  json["network"] = result.graph.name;
  json["dataset"] = about.dataset;
  json["macs"] = macs(result.graph);
  json["max_drop"] = kPoints * about.max_drop;
  json["layers"] = layers_json(result.graph);
  json["float_accuracy"] = result.float_accuracy;
  json["methods"] = methods_json();
  json["targets"] = ordered_json::array();
  for (std::size_t i = 0; i < result.chips.size(); ++i)
    json["targets"].push_back(
        TargetJson(result, result.chips[i], targets[i], about.folder).document());
  return json;
}

}  // namespace freebits::cli
