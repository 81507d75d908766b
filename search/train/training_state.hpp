// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/graph/graph.hpp"
#include "models/graph/input_preparation.hpp"
#include "search/data/augment.hpp"
#include "search/data/normalization.hpp"
#include "search/train/network.hpp"
#include "search/train/optimizer.hpp"
#include "search/train/snapshot.hpp"

namespace freebits::search {

/// The options of a run. Its bits depend only on them, the graph, the starting values and the data,
/// not on interruptions.
struct TrainOptions {
  std::string dataset = "synthetic";  ///< as open_dataset() takes it
  /// Hash of its content (search/data/content.hpp), by which it is recognised elsewhere; empty: not
  /// known.
  std::string content{};
  std::optional<unsigned> pad_to;  ///< … with a border
  OnCorrupt on_corrupt = OnCorrupt::Refuse;
  unsigned epochs = 20;  ///< 0: nothing is trained
  unsigned batch = 128;
  unsigned threads = 1;
  std::uint64_t seed = 1;  ///< of starting values, order and augmentation
  OptimizerOptions optimizer;
  double warmup = 1;  ///< epochs
  float label_smoothing = 0;
  /// Decay of a running average of all parameters; the average is evaluated, and kept as the best.
  /// 0: no average.
  float average = 0;
  unsigned freeze_batch_norm = 0;  ///< the last so many epochs normalise with running statistics
  Augmentation augmentation;
  // Of a gate search (search/methods/differentiable.hpp): the cost in the loss, and its strength.
  std::string price;  ///< name of the cost; empty: none
  double price_weight = 0;
};

struct EpochResult {
  unsigned epoch = 0;     ///< from 1
  double train_loss = 0;  ///< mean over the epoch's batches, each before its step
  double train_accuracy = 0;
  double test_loss = 0, test_accuracy = 0;
  double images_per_second = 0;  ///< of training, evaluation left out
};

/// The progress of a run.
struct Position {
  unsigned epoch = 0;       ///< finished: trained and evaluated
  std::uint64_t batch = 0;  ///< of the epoch under way, done
  std::uint64_t step = 0;   ///< of all epochs
  // Of the epoch under way.
  double loss_sum = 0;
  std::uint64_t correct = 0;
};

/// The whole state of a training run, which a checkpoint holds.
struct TrainingState {
  models::Graph graph;
  TrainOptions options;
  /// How its pictures were prepared; Trainer sets it. None in older files.
  std::optional<models::InputPreparation> preparation;
  std::optional<Quantization> quantization;
  Parameters parameters;
  OptimizerState optimizer;
  Snapshot average;
  Snapshot best;                           ///< of the best epoch, what was evaluated; empty before
  std::optional<double> initial_accuracy;  ///< on the test set, before the first step, if measured
  std::optional<double> best_accuracy;     ///< of `best`
  Position position;
  std::vector<EpochResult> epochs;
};

/// The state of a new run, with parameters drawn from the seed.
[[nodiscard]] TrainingState new_training(models::Graph graph, TrainOptions options);

/// A new run that starts from the best values of `from`, or its last ones. Takes its quantization,
/// too, unless `float_only`. Throws Error, naming the first difference, when `from` has another
/// graph; names and the options of runs may differ.
void start_from(TrainingState& state, const TrainingState& from, bool float_only);

/// 16 hexadecimal digits that stand for the values that start_from() takes for a float network.
[[nodiscard]] std::string content_of(const TrainingState& state);

/// How images become a network's input, here and on the chip: byte · kInputStep, all channels
/// alike. The integer network takes the bytes as they are, 8 bits without sign.
[[nodiscard]] Normalization input_normalization(unsigned channels);

}  // namespace freebits::search
