// SPDX-License-Identifier: Apache-2.0
// Gate searches for several weights of the price, from one float network, a row each:
//   gate_sweep FLOAT.ckpt [KEY=VALUE …]
// Keys and what they are by default: arguments_of(). price: bop, joint_bop or model (latency of a
// rough model of the mixed target, for want of a table); tune: epochs of fine-tuning of the widths
// found, from the float network; empty: the engine's default.
#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <memory>
#include <sstream>

#include "base/error.hpp"
#include "search/data/open.hpp"
#include "search/methods/differentiable.hpp"
#include "search/train/checkpoint.hpp"
#include "search/train/quantize.hpp"

namespace freebits::search {
namespace {

using Arguments = std::map<std::string, std::string>;

const std::atomic<bool> kNever = false;

Arguments arguments_of(int argc, char** argv) {
  Arguments all = {{"epochs", "3"},    {"price", "bop"}, {"form", "independent"},
                   {"batch", "128"},   {"rate", ""},     {"gates", ""},
                   {"thresholds", ""}, {"bits", ""},     {"threads", "2"},
                   {"seed", "1"},      {"tune", "0"},    {"mu", "0.001,0.003,0.01,0.03,0.1"}};
  for (int i = 2; i < argc; ++i) {
    const std::string text = argv[i];
    const std::string key = text.substr(0, text.find('='));
    if (!all.contains(key) || key.size() == text.size())
      throw Error(fmt::format("'{}': expected KEY=VALUE with a key that there is", text));
    all[key] = text.substr(key.size() + 1);
  }
  return all;
}

unsigned whole(const Arguments& a, const std::string& key) {
  return static_cast<unsigned>(std::stoul(a.at(key)));
}

GateSearchOptions options_of(const Arguments& a, double mu) {
  GateSearchOptions o;
  o.form = a.at("form") == "residual" ? GatedForm::Residual : GatedForm::Independent;
  o.price_weight = mu;
  o.epochs = whole(a, "epochs");
  o.batch = whole(a, "batch");
  o.seed = whole(a, "seed");
  if (!a.at("bits").empty()) o.calibration_bits = whole(a, "bits");
  if (!a.at("rate").empty()) o.learning_rate = std::stof(a.at("rate"));
  if (!a.at("thresholds").empty()) o.threshold_rate = std::stof(a.at("thresholds"));
  if (!a.at("gates").empty()) o.gate_rate = std::stof(a.at("gates"));
  return o;
}

/// Cycles by what the wider operand lets the SIMD unit do, and bytes moved.
profiler::LatencyTable model_of(const models::Graph& graph) {
  constexpr double kBitsTimesMacs = 240, kDepthwiseMacs = 4, kBitsMoved = 64, kOverhead = 2000;
  const std::vector<models::Shape> shapes = models::shapes(graph);
  profiler::LatencyTable table{.target = "model", .layers = {}};
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const models::Layer& l = graph.layers[i];
    const models::Shape in = shapes[l.inputs[0]], out = shapes[i + 1];
    const auto macs = static_cast<double>(models::macs(l, in, out));
    const auto count = static_cast<double>(models::weight_count(l, in, out));
    auto& entries = table.layers.emplace_back();
    for (const profiler::LayerBits& bits : profiler::layer_choices(graph, i)) {
      const double rate = l.kind == models::LayerKind::Depthwise
                              ? kDepthwiseMacs
                              : kBitsTimesMacs / std::max(bits.in[0], bits.weights);
      const double moved = count * bits.weights + static_cast<double>(in.size()) * bits.in[0] +
                           static_cast<double>(out.size()) * bits.out;
      const double cycles = kOverhead + macs / rate + moved / kBitsMoved;
      entries.push_back({.bits = bits, .cycles = static_cast<std::uint64_t>(cycles)});
    }
  }
  return table;
}

std::unique_ptr<Price> price_of(const std::string& name, const models::Graph& graph) {
  if (name == "bop") return std::make_unique<BopPrice>(graph);
  if (name == "joint_bop") return std::make_unique<BopPrice>(graph, BopPrice::Form::Joint);
  if (name == "model") return std::make_unique<LatencyPrice>(graph, model_of(graph));
  throw Error(fmt::format("price '{}': expected bop, joint_bop or model", name));
}

/// Mean bits of the weights, of the tensors that layers with weights read, and BOPs in percent of
/// the 8-bit network's.
std::string summary(const models::Graph& graph, const models::BitWidths& widths) {
  double weights = 0, tensors = 0, layers = 0;
  std::map<unsigned, unsigned> weight_counts, tensor_counts;
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    if (!models::has_weights(graph.layers[i].kind)) continue;
    const unsigned in = widths.activations[graph.layers[i].inputs[0]];
    weights += widths.weights[i];
    tensors += in;
    layers += 1;
    ++weight_counts[widths.weights[i]];
    ++tensor_counts[in];
  }
  const BopPrice bops(graph, BopPrice::Form::Joint);
  return fmt::format("{:.2f} ({}/{}/{}) | {:.2f} ({}/{}/{}) | {:.1f} %", weights / layers,
                     weight_counts[8], weight_counts[4], weight_counts[2], tensors / layers,
                     tensor_counts[8], tensor_counts[4], tensor_counts[2],
                     100 * bops.of(widths) / bops.of(models::uniform(graph, 8)));
}

struct Data {
  std::shared_ptr<const Dataset> train, test;
};

/// Accuracy of widths, quantized from the float network and fine-tuned.
double tuned(const TrainingState& trained, const models::BitWidths& widths, unsigned epochs,
             const Data& data, Threads& threads) {
  constexpr float kRate = 0.01F;
  TrainOptions options = trained.options;
  options.epochs = epochs;
  options.warmup = 0;
  options.optimizer.learning_rate = kRate;
  TrainingState state = new_training(trained.graph, options);
  start_from(state, trained, true);
  quantize(state, {.widths = widths, .gated = {}}, data.train, threads);
  Trainer(state, data.train, nullptr, threads, "").run({}, kNever);
  return Evaluator(state, data.test, threads).run().accuracy;
}

void search(const TrainingState& trained, const Arguments& a, double mu, const Data& data,
            Threads& threads) {
  const std::unique_ptr<Price> price = price_of(a.at("price"), trained.graph);
  TrainingState state = begin_gate_search(trained, *price, options_of(a, mu), data.train, threads);
  GateSearch gates(state, *price, data.train, threads, "");
  GateEpoch last;
  gates.run({.step = {}, .epoch = [&](const GateEpoch& e) { last = e; }}, kNever);
  const double accuracy = Evaluator(state, data.test, threads).run().accuracy;
  fmt::print("| {} | {} | {:.1f} % | {:.3f} | {:.1f} % | {:.1f} % |", mu,
             summary(state.graph, last.widths),
             100 * price->of(last.widths) / price->of(models::uniform(state.graph, 8)),
             last.training.train_loss, 100 * last.training.train_accuracy, 100 * accuracy);
  if (const unsigned epochs = whole(a, "tune"); epochs > 0)
    fmt::print(" {:.1f} % |", 100 * tuned(trained, last.widths, epochs, data, threads));
  fmt::print(" {:.0f} |\n", last.training.images_per_second);
  std::fflush(stdout);
}

int sweep(int argc, char** argv) {
  if (argc < 2) throw Error("expected a checkpoint of a float network");
  const Arguments arguments = arguments_of(argc, argv);
  const TrainingState trained = read_checkpoint(argv[1]);
  Threads threads(whole(arguments, "threads"));
  const std::string& set = trained.options.dataset;
  const Data data{open_dataset(set, Split::Train), open_dataset(set, Split::Test)};
  const bool tunes = arguments.at("tune") != "0";
  fmt::print(
      "| mu | weights (8/4/2) | tensors (8/4/2) | BOPs | price | loss | training | test |{} "
      "images/s |\n| --- | --- | --- | --- | --- | --- | --- | --- |{} --- |\n",
      tunes ? " tuned |" : "", tunes ? " --- |" : "");
  std::istringstream list(arguments.at("mu"));
  for (std::string mu; std::getline(list, mu, ',');)
    search(trained, arguments, std::stod(mu), data, threads);
  return 0;
}

}  // namespace
}  // namespace freebits::search

int main(int argc, char** argv) {
  try {
    return freebits::search::sweep(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "gate_sweep: {}\n", error.what());
    return 2;
  }
}
