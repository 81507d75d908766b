// SPDX-License-Identifier: Apache-2.0
#include "train/state_json.hpp"

#include <limits>

namespace freebits::search {
namespace {

using models::Fields;
using models::Json;

constexpr double kMost = std::numeric_limits<double>::max();
constexpr std::int64_t kMostCount = std::numeric_limits<std::int64_t>::max();

constexpr const char* kOnCorrupt = "on_corrupt";

std::vector<std::string> method_names() { return {kMethodNames.begin(), kMethodNames.end()}; }
std::vector<std::string> rule_names() { return {"tqt", "lsq", "pact"}; }
std::vector<std::string> form_names() { return {"independent", "residual"}; }

/// A float written as a double comes back to the bit.
float real(Fields& fields, const std::string& key) {
  return static_cast<float>(fields.real(key, 0, kMost));
}
std::uint64_t count(Fields& fields, const std::string& key) {
  return static_cast<std::uint64_t>(fields.number(key, 0, kMostCount));
}
unsigned whole(Fields& fields, const std::string& key) {
  return fields.size(key, std::numeric_limits<unsigned>::max());
}

Json to_json(const OptimizerOptions& o) {
  return {{"method", kMethodNames[static_cast<std::size_t>(o.method)]},
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
  o.method = static_cast<Method>(f.choice("method", method_names()));
  o.learning_rate = real(f, "learning_rate");
  o.threshold_rate = real(f, "threshold_rate");
  o.gate_rate = real(f, "gate_rate");
  o.weight_decay = real(f, "weight_decay");
  o.momentum = real(f, "momentum");
  o.nesterov = f.flag("nesterov");
  o.beta1 = real(f, "beta1");
  o.beta2 = real(f, "beta2");
  o.epsilon = real(f, "epsilon");
  f.finish();
  return o;
}

}  // namespace

Json to_json(const TrainOptions& o) {
  Json json = {{"dataset", o.dataset},
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
  if (const unsigned side = whole(f, "pad_to"); side != 0) o.pad_to = side;
  o.epochs = whole(f, "epochs");
  o.batch = whole(f, "batch");
  o.threads = whole(f, "threads");
  o.seed = std::stoull(f.text("seed"));
  o.optimizer = optimizer_of(f.object("optimizer"));
  o.warmup = f.real("warmup", 0, kMost);
  o.label_smoothing = real(f, "label_smoothing");
  o.average = real(f, "average");
  o.freeze_batch_norm = whole(f, "freeze_batch_norm");
  o.augmentation.view = f.flag("augment_view");
  o.augmentation.pad = whole(f, "augment_pad");
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
  q.seed = std::stoull(f.text("seed"));
  f.finish();
  return q;
}

Json to_json(const Position& p) {
  return {{"epoch", p.epoch},
          {"batch", p.batch},
          {"step", p.step},
          {"loss_sum", p.loss_sum},
          {"correct", p.correct}};
}

Position position_of(Fields f) {
  Position p;
  p.epoch = whole(f, "epoch");
  p.batch = count(f, "batch");
  p.step = count(f, "step");
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
  e.epoch = whole(f, "epoch");
  e.train_loss = f.real("train_loss", -kMost, kMost);
  e.train_accuracy = f.real("train_accuracy", 0, 1);
  e.test_loss = f.real("test_loss", -kMost, kMost);
  e.test_accuracy = f.real("test_accuracy", 0, 1);
  e.images_per_second = f.real("images_per_second", 0, kMost);
  f.finish();
  return e;
}

}  // namespace freebits::search
