// SPDX-License-Identifier: Apache-2.0
// Gate searches for several weights of the price, from one float network:
//   gate_sweep FLOAT.ckpt [epochs=2] [price=bop|joint_bop] [form=independent|residual] [batch=128]
//              [rate=…] [gates=…] [thresholds=…] [bits=4] [threads=2] [seed=1] [mu=0.001,0.01,…]
// prints a row each.
#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <sstream>

#include "freebits/search/data/open.hpp"
#include "freebits/search/engine/differentiable.hpp"
#include "freebits/search/error.hpp"
#include "freebits/search/train/checkpoint.hpp"

namespace freebits::search {
namespace {

using Arguments = std::map<std::string, std::string>;

Arguments arguments_of(int argc, char** argv) {
  Arguments all = {{"epochs", "2"},  {"price", "bop"}, {"form", "independent"}, {"batch", "128"},
                   {"rate", ""},     {"gates", ""},    {"thresholds", ""},      {"bits", "4"},
                   {"threads", "2"}, {"seed", "1"},    {"mu", "0.001,0.01,0.1"}};
  for (int i = 2; i < argc; ++i) {
    const std::string text = argv[i];
    const std::string key = text.substr(0, text.find('='));
    if (!all.contains(key) || key.size() == text.size())
      throw Error(fmt::format("'{}': expected KEY=VALUE with a key that there is", text));
    all[key] = text.substr(key.size() + 1);
  }
  return all;
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

void search(const TrainingState& trained, const Arguments& a, double mu, Threads& threads) {
  const std::shared_ptr<const Dataset> train = open_dataset(trained.options.dataset, Split::Train),
                                       test = open_dataset(trained.options.dataset, Split::Test);
  const BopPrice price(trained.graph,
                       a.at("price") == "bop" ? BopPrice::Form::Sum : BopPrice::Form::Joint);
  GateSearchOptions options;
  options.form = a.at("form") == "residual" ? GatedForm::Residual : GatedForm::Independent;
  options.price_weight = mu;
  options.epochs = static_cast<unsigned>(std::stoul(a.at("epochs")));
  options.batch = static_cast<unsigned>(std::stoul(a.at("batch")));
  options.calibration_bits = static_cast<unsigned>(std::stoul(a.at("bits")));
  options.seed = std::stoul(a.at("seed"));
  if (!a.at("rate").empty()) options.learning_rate = std::stof(a.at("rate"));
  if (!a.at("thresholds").empty()) options.threshold_rate = std::stof(a.at("thresholds"));
  if (!a.at("gates").empty()) options.gate_rate = std::stof(a.at("gates"));
  TrainingState state = begin_gate_search(trained, price, options, train, threads);
  Evaluator evaluator(state, test, threads);
  const double before = evaluator.run().accuracy;
  GateEpoch last;
  GateSearch gates(state, price, train, threads, "");
  const std::atomic<bool> never = false;
  gates.run({.step = {}, .epoch = [&](const GateEpoch& e) { last = e; }}, never);
  fmt::print("| {} | {} | {:.2f} | {:.3f} | {:.1f} % | {:.1f} % | {:.1f} % | {:.0f} |\n", mu,
             summary(state.graph, last.widths), last.price, last.training.train_loss,
             100 * last.training.train_accuracy, 100 * before, 100 * evaluator.run().accuracy,
             last.training.images_per_second);
  std::fflush(stdout);
}

int sweep(int argc, char** argv) {
  if (argc < 2) throw Error("expected a checkpoint of a float network");
  const Arguments arguments = arguments_of(argc, argv);
  const TrainingState trained = read_checkpoint(argv[1]);
  Threads threads(static_cast<unsigned>(std::stoul(arguments.at("threads"))));
  fmt::print(
      "| mu | weights (8/4/2) | tensors (8/4/2) | BOPs | price | loss | training | "
      "test before | test | images/s |\n|---|---|---|---|---|---|---|---|---|---|\n");
  std::istringstream list(arguments.at("mu"));
  for (std::string mu; std::getline(list, mu, ',');)
    search(trained, arguments, std::stod(mu), threads);
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
