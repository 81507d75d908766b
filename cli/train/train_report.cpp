// SPDX-License-Identifier: Apache-2.0
#include "cli/train/train_report.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "base/error.hpp"

namespace freebits::cli {
namespace {

constexpr std::uint64_t kLogEvery = 100;  // steps

std::string duration(double seconds) {
  constexpr double kMinute = 60, kHour = 3600;
  if (seconds < 2 * kMinute) return fmt::format("{:.0f} s", seconds);
  if (seconds < 2 * kHour) return fmt::format("{:.0f} min", seconds / kMinute);
  return fmt::format("{:.1f} h", seconds / kHour);
}

}  // namespace

nlohmann::ordered_json epoch_json(const search::EpochResult& e) {
  return {{"epoch", e.epoch},
          {"train_loss", e.train_loss},
          {"train_accuracy", e.train_accuracy},
          {"test_loss", e.test_loss},
          {"test_accuracy", e.test_accuracy},
          {"images_per_second", e.images_per_second}};
}

std::string percent(double share) { return fmt::format("{:.2f} %", 100 * share); }

TrainReport::TrainReport(const std::string& log, bool append, unsigned epochs, bool quiet)
    : file_(log), epochs_(epochs), out_(quiet ? stderr : stdout) {
  if (log.empty()) return;
  errno = 0;
  log_.open(log, append ? std::ios::app : std::ios::trunc);
  if (!log_) throw Error(fmt::format("{}: {}", log, std::strerror(errno)));
}

search::TrainEvents TrainReport::events() {
  return {.step = [this](const search::StepReport& step) { on_step(step); },
          .epoch = [this](const search::EpochResult& epoch) { on_epoch(epoch); }};
}

void TrainReport::say(const std::string& line) {
  status_.clear();
  fmt::print(out_, "{}\n", line);
  std::fflush(out_);
}

void TrainReport::log(const nlohmann::ordered_json& line) {
  if (file_.empty()) return;
  errno = 0;
  log_ << line.dump() << '\n' << std::flush;
  if (!log_) {
    throw Error(fmt::format("{}: {}; name a file in a folder with space left", file_,
                            std::strerror(errno)));
  }
}

void TrainReport::on_step(const search::StepReport& s) {
  if (s.batch % kLogEvery == 0 || s.batch == s.batches) {
    log({{"event", "step"},
         {"epoch", s.epoch},
         {"batch", s.batch},
         {"batches", s.batches},
         {"loss", s.loss},
         {"mean_loss", s.mean_loss},
         {"learning_rate", s.learning_rate},
         {"images_per_second", s.images_per_second},
         {"seconds_left", s.seconds_left}});
  }
  if (!status_.due()) return;
  status_.show(fmt::format("epoch {}/{}, batch {}/{}: loss {:.4f}, {:.0f} images/s, {} left",
                           s.epoch, epochs_, s.batch, s.batches, s.mean_loss, s.images_per_second,
                           duration(s.seconds_left)));
}

void TrainReport::on_epoch(const search::EpochResult& e) {
  nlohmann::ordered_json line = {{"event", "epoch"}};
  line.update(epoch_json(e));
  log(line);
  say(fmt::format("epoch {}/{}: loss {:.4f}, training {}, test {}, {:.0f} images/s", e.epoch,
                  epochs_, e.train_loss, percent(e.train_accuracy), percent(e.test_accuracy),
                  e.images_per_second));
}

}  // namespace freebits::cli
