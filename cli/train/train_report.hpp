// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/common/progress.hpp"
#include "search/train/trainer.hpp"

namespace freebits::cli {

/// What a training run shows while it runs: a status line, a line each epoch, the log.
class TrainReport {
 public:
  /// `log`: a file of JSON lines, none when empty; `append`: to what is there. Lines go to standard
  /// error when `quiet`. Throws Error when the log cannot be written.
  TrainReport(const std::string& log, bool append, unsigned epochs, bool quiet);

  [[nodiscard]] search::TrainEvents events();
  /// A line of its own, above the status line.
  void say(const std::string& line);
  void log(const nlohmann::ordered_json& line);

 private:
  void on_step(const search::StepReport& step);
  void on_epoch(const search::EpochResult& epoch);

  std::string file_;
  std::ofstream log_;
  unsigned epochs_;
  std::FILE* out_;
  StatusLine status_;
};

/// A member of `epochs` of the document, and of the log.
[[nodiscard]] nlohmann::ordered_json epoch_json(const search::EpochResult& epoch);

/// "83.1 %".
[[nodiscard]] std::string percent(double share);

}  // namespace freebits::cli
