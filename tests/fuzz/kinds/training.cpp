// SPDX-License-Identifier: Apache-2.0
// What training and the search leave behind: checkpoints, sensitivities.
#include "kind.hpp"
#include "models/builders/builders.hpp"
#include "mutate.hpp"
#include "search/methods/sensitivity.hpp"
#include "search/train/checkpoint.hpp"
#include "search/train/quantize.hpp"

namespace freebits::fuzz {
namespace {

models::Graph small() { return models::build_network("mobilenet_v1:width=0.125,resolution=32"); }

search::TrainingState state(bool quantized) {
  search::TrainOptions options;
  options.average = quantized ? 0.99F : 0;
  search::TrainingState s = search::new_training(small(), options);
  if (quantized) {
    s.quantization = search::uniform_quantization(s.graph, 4, 8);
    search::create_parameters(s.parameters, s.graph, 1, &*s.quantization);
    s.best.take(s.parameters);
    s.average.take(s.parameters);
    s.best_accuracy = 0.5;
  }
  s.position = {.epoch = 1, .batch = 3, .step = 40, .loss_sum = 2.5, .correct = 9};
  s.epochs = {{1, 2.5, 0.1, 2.4, 0.2, 1000.5}};
  return s;
}

}  // namespace

Kind training_checkpoint(const fs::path& folder) {
  Kind kind;
  kind.file = "training.ckpt";
  for (const bool quantized : {false, true}) {
    kind.seeds.push_back(written(
        folder, [&](const fs::path& file) { search::write_checkpoint(file, state(quantized)); }));
  }
  kind.mutate = mutated_sealed;
  kind.read = [](const fs::path& file) { (void)search::read_checkpoint(file); };
  kind.shallow = "checksum";
  kind.mutants = 1000;
  return kind;
}

Kind sensitivities(const fs::path& folder) {
  const models::Graph graph = small();
  search::Sensitivities all{.loss = 1.5, .weights = {}, .activations = {}};
  all.weights.resize(graph.layers.size(), {0, 0.1, 0.5});
  all.activations.resize(graph.layers.size() + 1, {0, 0.2, 0.7});
  Kind kind;
  kind.file = "sensitivities";
  kind.seeds = {
      written(folder, [&](const fs::path& file) { search::write_sensitivities(file, all); })};
  kind.mutate = mutated_sealed;
  kind.read = [graph](const fs::path& file) { (void)search::read_sensitivities(file, graph); };
  kind.shallow = "checksum";
  return kind;
}

}  // namespace freebits::fuzz
