// SPDX-License-Identifier: Apache-2.0
#include "search/train/state_json.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>

#include "search/autograd/threads.hpp"

namespace freebits::search {
namespace {

constexpr double kMost = std::numeric_limits<double>::max();
constexpr double kMostFloat = std::numeric_limits<float>::max();
constexpr std::int64_t kMostCount = std::numeric_limits<std::int64_t>::max();
constexpr unsigned kMostEpochs = 1'000'000;  // also of warm-up
constexpr unsigned kMostBatch = 1U << 24, kMostSide = 65'535;

constexpr const char* kOnCorrupt = "on_corrupt";

std::vector<std::string> optimizer_names() {
  return {kOptimizerNames.begin(), kOptimizerNames.end()};
}
std::vector<std::string> rule_names() { return {"tqt", "lsq", "pact"}; }
std::vector<std::string> form_names() { return {"independent", "residual"}; }

/// A float written as a double comes back to the bit.
float real(Fields& fields, const std::string& key, double most = kMostFloat) {
  return static_cast<float>(fields.real(key, 0, most));
}
/// A share of 1 that may not be all of it.
float fraction(Fields& fields, const std::string& key) {
  const double value = fields.real(key, 0, 1);
  if (value >= 1) fields.fail(key, "1", "less than 1");
  return static_cast<float>(value);
}
std::uint64_t count(Fields& fields, const std::string& key) {
  return static_cast<std::uint64_t>(fields.number(key, 0, kMostCount));
}
unsigned at_least_one(Fields& fields, const std::string& key, unsigned most) {
  return static_cast<unsigned>(fields.number(key, 1, most));
}
/// 64 bits, which numbers of JSON do not hold: as text.
std::uint64_t seed_of(Fields& fields) {
  const std::string text = fields.text("seed");
  std::uint64_t seed = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, seed);
  if (error != std::errc{} || last != end)
    fields.fail("seed", shown(text), "a text of digits, 0 to 18446744073709551615");
  return seed;
}

Json to_json(const OptimizerOptions& o) {
  return {{"method", kOptimizerNames[static_cast<std::size_t>(o.kind)]},
          {"learning_rate", o.learning_rate},
          {"threshold_rate", o.threshold_rate},
          {"gate_rate", o.gate_rate},
          {"weight_decay", o.weight_decay},
          {"momentum", o.momentum},
          {"nesterov", o.nesterov},
          {"beta1", o.beta1},
          {"beta2", o.beta2},
          {"epsilon", o.epsilon}};
}

OptimizerOptions optimizer_of(Fields f) {
  OptimizerOptions o;
  o.kind = static_cast<OptimizerKind>(f.choice("method", optimizer_names()));
  o.learning_rate = real(f, "learning_rate");
  o.threshold_rate = real(f, "threshold_rate");
  o.gate_rate = real(f, "gate_rate");
  o.weight_decay = real(f, "weight_decay");
  o.momentum = real(f, "momentum");
  o.nesterov = f.flag("nesterov");
  o.beta1 = real(f, "beta1", 1);
  o.beta2 = real(f, "beta2", 1);
  o.epsilon = real(f, "epsilon");
  f.finish();
  return o;
}

}  // namespace

Json to_json(const TrainOptions& o) {
  Json json = {{"dataset", o.dataset},
               {"dataset_content", o.content},
               {"pad_to", o.pad_to.value_or(0)},
               {"epochs", o.epochs},
               {"batch", o.batch},
               {"threads", o.threads},
               {"seed", std::to_string(o.seed)},
               {"optimizer", to_json(o.optimizer)},
               {"warmup", o.warmup},
               {"label_smoothing", o.label_smoothing},
               {"average", o.average},
               {"freeze_batch_norm", o.freeze_batch_norm},
               {"augment_view", o.augmentation.view},
               {"augment_pad", o.augmentation.pad},
               {"augment_flip", o.augmentation.flip},
               {"price", o.price},
               {"price_weight", o.price_weight}};
  // Only where it is not the default: files of before it have none, nor has a search's settings.
  if (o.on_corrupt == OnCorrupt::Skip) json[kOnCorrupt] = "skip";
  return json;
}

TrainOptions options_of(Fields f) {
  TrainOptions o;
  o.dataset = f.text("dataset");
  if (f.has("dataset_content")) o.content = f.text("dataset_content");  // not in files of before
  if (const unsigned side = f.size("pad_to", kMostSide); side != 0) o.pad_to = side;
  o.epochs = f.size("epochs", kMostEpochs);
  o.batch = at_least_one(f, "batch", kMostBatch);
  o.threads = at_least_one(f, "threads", kMostThreads);
  o.seed = seed_of(f);
  o.optimizer = optimizer_of(f.object("optimizer"));
  o.warmup = f.real("warmup", 0, kMostEpochs);
  o.label_smoothing = fraction(f, "label_smoothing");
  o.average = fraction(f, "average");
  o.freeze_batch_norm = f.size("freeze_batch_norm", o.epochs);
  o.augmentation.view = f.flag("augment_view");
  o.augmentation.pad = f.size("augment_pad", kMostSide);
  o.augmentation.flip = f.flag("augment_flip");
  if (f.has("price")) {  // files of before the search have none
    o.price = f.text("price");
    o.price_weight = f.real("price_weight", 0, kMost);
  }
  if (f.has(kOnCorrupt))
    o.on_corrupt = static_cast<OnCorrupt>(f.choice(kOnCorrupt, {"refuse", "skip"}));
  f.finish();
  return o;
}

Json to_json(const Quantization& q) {
  return {{"weights", q.widths.weights},
          {"activations", q.widths.activations},
          {"gated", q.gated ? Json(form_names()[static_cast<std::size_t>(*q.gated)]) : Json()},
          {"rule", rule_names()[static_cast<std::size_t>(q.rule)]},
          {"seed", std::to_string(q.seed)}};
}

Quantization quantization_of(Fields f, const models::Graph& graph) {
  constexpr std::int64_t kMostBits = 8;
  Quantization q;
  const auto take = [&](const char* key, std::vector<unsigned>& bits, std::size_t size) {
    for (const std::int64_t each : f.numbers(key, 0, kMostBits))
      bits.push_back(static_cast<unsigned>(each));
    if (bits.size() != size)
      f.fail(key, std::to_string(bits.size()) + " numbers", std::to_string(size));
  };
  take("weights", q.widths.weights, graph.layers.size());
  take("activations", q.widths.activations, graph.layers.size() + 1);
  if (!f.take("gated").is_null()) q.gated = static_cast<GatedForm>(f.choice("gated", form_names()));
  q.rule = static_cast<ThresholdRule>(f.choice("rule", rule_names()));
  q.seed = seed_of(f);
  f.finish();
  checked(f.where(), [&] { models::check(graph, q.widths); });
  return q;
}

Json to_json(const Position& p) {
  return {{"epoch", p.epoch},
          {"batch", p.batch},
          {"step", p.step},
          {"loss_sum", p.loss_sum},
          {"correct", p.correct}};
}

Position position_of(Fields f, const TrainOptions& options) {
  Position p;
  p.epoch = f.size("epoch", options.epochs);
  p.batch = count(f, "batch");
  p.step = count(f, "step");
  if (p.step < p.batch)
    f.fail("step", std::to_string(p.step),
           fmt::format("at least the {} batches of the epoch under way", p.batch));
  p.loss_sum = f.real("loss_sum", -kMost, kMost);
  p.correct = count(f, "correct");
  f.finish();
  return p;
}

Json to_json(const EpochResult& e) {
  return {{"epoch", e.epoch},
          {"train_loss", e.train_loss},
          {"train_accuracy", e.train_accuracy},
          {"test_loss", e.test_loss},
          {"test_accuracy", e.test_accuracy},
          {"images_per_second", e.images_per_second}};
}

EpochResult epoch_of(Fields f) {
  EpochResult e;
  e.epoch = at_least_one(f, "epoch", kMostEpochs);
  e.train_loss = f.real("train_loss", -kMost, kMost);
  e.train_accuracy = f.real("train_accuracy", 0, 1);
  e.test_loss = f.real("test_loss", -kMost, kMost);
  e.test_accuracy = f.real("test_accuracy", 0, 1);
  e.images_per_second = f.real("images_per_second", 0, kMost);
  f.finish();
  return e;
}

}  // namespace freebits::search
