// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/stop.hpp"
#include "models/graph/bit_widths.hpp"
#include "models/graph/integer_network.hpp"
#include "search/methods/quantizer_bank.hpp"
#include "search/train/trainer.hpp"

namespace freebits::search {

/// A configuration, trained: accuracies on the test set, and its files.
struct Tuned {
  std::string id;  ///< of its widths: 12 hex digits
  models::BitWidths widths;
  std::string failure{};       ///< why fine-tuning failed; then it is as calibrated
  double post_training = 0;    ///< calibrated, not fine-tuned
  double float_quantized = 0;  ///< fine-tuned, with fake quantizers
  double integer = 0;          ///< the same in integers: what the chip reaches
  std::filesystem::path bits{}, checkpoint{}, network{};
  std::string limits{};  ///< what models::summary() says of its integers
};

/// Quantization-aware fine-tuning of configurations, each once, in a folder of its own.
class FineTuner {
 public:
  /// Keeps references to bank and threads. `options`: of the fine-tuning; `folder`: made when there
  /// is none.
  FineTuner(const QuantizerBank& bank, TrainOptions options, std::shared_ptr<const Dataset> train,
            std::shared_ptr<const Dataset> test, Threads& threads, std::filesystem::path folder);

  /// Tunes a configuration, or goes on with what an earlier call left in the folder; one that is
  /// finished is only read. Nothing when `stop` became true. Throws Error for files that are
  /// damaged or another configuration's, and what training throws, but
  /// for numbers that go wrong: that is a property of the configuration.
  [[nodiscard]] std::optional<Tuned> tune(const models::BitWidths& widths,
                                          const TrainEvents& events, StopToken stop);

  /// Whether tune() would only read.
  [[nodiscard]] bool is_finished(const models::BitWidths& widths) const;

 private:
  std::optional<TrainingState> train(Tuned& tuned, const TrainEvents& events, StopToken stop);

  const QuantizerBank* bank_;
  TrainOptions options_;
  std::shared_ptr<const Dataset> train_, test_;
  Threads* threads_;
  std::filesystem::path folder_;
};

/// 12 hex digits that stand for the widths.
[[nodiscard]] std::string configuration_id(const models::BitWidths& widths);

}  // namespace freebits::search
