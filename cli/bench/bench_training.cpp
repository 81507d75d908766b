// SPDX-License-Identifier: Apache-2.0
// `freebits bench training`: images per second and peak memory of training steps.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>

#include "base/error.hpp"
#include "base/process_apart.hpp"
#include "cli/common/commands.hpp"
#include "cli/common/document.hpp"
#include "cli/common/output_file.hpp"
#include "cli/common/signals.hpp"
#include "cli/common/thread_option.hpp"
#include "search/train/speed.hpp"

namespace freebits::cli {
namespace {

struct TrainingBenchOptions {
  std::vector<std::string> rows;
  std::vector<unsigned> threads = {1, 2};
  unsigned repetitions = 7, rounds = 1;
  bool pointwise = false;
  std::string json;
};

struct Measured {
  search::TrainingSpeed speed;
  std::uint64_t peak_memory_bytes = 0;
};

std::vector<search::TrainingRow> chosen_rows(const TrainingBenchOptions& options) {
  std::vector<search::TrainingRow> rows;
  std::vector<std::string> names;
  for (const search::TrainingRow& row : search::training_rows()) {
    names.push_back(row.name);
    if (options.rows.empty() || std::ranges::find(options.rows, row.name) != options.rows.end())
      rows.push_back(row);
  }
  for (const std::string& name : options.rows) {
    if (std::ranges::find(names, name) == names.end())
      throw Error(fmt::format("--rows {}: expected some of {}", name, fmt::join(names, ", ")));
  }
  return rows;
}

/// In a process of its own, whose memory is the row's alone.
Measured measure_apart(const search::TrainingRow& row, unsigned threads, unsigned repetitions) {
  const auto measure = [&] {
    try {
      const search::TrainingSpeed speed = search::measure_training(row, threads, repetitions);
      return std::string(reinterpret_cast<const char*>(&speed), sizeof speed);
    } catch (const std::exception& error) {
      fmt::print(stderr, "freebits: row {}: {}\n", row.name, error.what());
      throw;
    }
  };
  const auto result = run_apart(measure, stop_token());
  Measured measured;
  if (!result || result->bytes.size() != sizeof measured.speed)
    throw Error(fmt::format("row {}: the measuring process failed", row.name));
  std::memcpy(&measured.speed, result->bytes.data(), sizeof measured.speed);
  measured.peak_memory_bytes = result->peak_memory_bytes;
  return measured;
}

/// The best of several processes, column by column.
Measured measure_best(const search::TrainingRow& row, unsigned threads,
                      const TrainingBenchOptions& options) {
  Measured best = measure_apart(row, threads, options.repetitions);
  for (unsigned round = 1; round < options.rounds; ++round) {
    const Measured m = measure_apart(row, threads, options.repetitions);
    best.speed.images_per_second =
        std::max(best.speed.images_per_second, m.speed.images_per_second);
    best.speed.inference_images_per_second =
        std::max(best.speed.inference_images_per_second, m.speed.inference_images_per_second);
    best.peak_memory_bytes = std::min(best.peak_memory_bytes, m.peak_memory_bytes);
  }
  return best;
}

nlohmann::ordered_json pointwise_json() {
  const double peak = search::measure_sgemm_peak(stop_token());
  fmt::print(stderr, "SGEMM peak of one thread: {:.1f} GFLOP/s\n", peak);
  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  for (const search::PointwiseSpeed& layer : search::measure_pointwise(stop_token())) {
    fmt::print(stderr, "pointwise {:<36}{:>8.1f} GFLOP/s{:>6.0f} %\n", layer.shape, layer.gflops,
               100 * layer.gflops / peak);
    layers.push_back(
        {{"shape", layer.shape}, {"gflops", layer.gflops}, {"share_of_peak", layer.gflops / peak}});
  }
  return {{"sgemm_peak_gflops", peak}, {"layers", layers}};
}

int bench_training(const TrainingBenchOptions& options) {
  check_writable(options.json);
  if (options.repetitions == 0 || options.rounds == 0)
    throw Error("--repetitions and --rounds: must be at least 1");
  const std::vector<search::TrainingRow> rows = chosen_rows(options);
  const auto start = std::chrono::steady_clock::now();
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  fmt::print(stderr, "{:<5}{:>8}{:>18}{:>19}{:>12}\n", "row", "threads", "training images/s",
             "inference images/s", "peak MiB");
  for (const search::TrainingRow& row : rows) {
    for (const unsigned threads : options.threads) {
      const Measured m = measure_best(row, checked_threads(threads), options);
      constexpr double kMiB = 1 << 20;
      fmt::print(stderr, "{:<5}{:>8}{:>18.1f}{:>19.1f}{:>12.1f}\n", row.name, threads,
                 m.speed.images_per_second, m.speed.inference_images_per_second,
                 static_cast<double>(m.peak_memory_bytes) / kMiB);
      results.push_back({{"row", row.name},
                         {"threads", threads},
                         {"images_per_second", m.speed.images_per_second},
                         {"inference_images_per_second", m.speed.inference_images_per_second},
                         {"peak_memory_bytes", m.peak_memory_bytes},
                         {"network", row.network},
                         {"batch", row.images}});
    }
  }
  nlohmann::ordered_json pointwise;
  if (options.pointwise) pointwise = pointwise_json();
  if (options.json.empty()) return kSuccess;
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  auto json = document("bench.training", {{"name", "host"}}, 1, seconds);
  json["results"] = results;
  if (options.pointwise) json["pointwise"] = pointwise;
  write_document(json, options.json);
  return kSuccess;
}

void define(CLI::App& command, Invocation& invocation) {
  auto options = std::make_shared<TrainingBenchOptions>();
  command.add_option("--rows", options->rows, "rows of the table, such as a,d (default: all)")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--threads", options->threads, "numbers of threads, such as 1,2")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str();
  command.add_option("--repetitions", options->repetitions, "steps; their median counts")
      ->capture_default_str();
  command.add_option("--rounds", options->rounds, "processes for each row; the best counts")
      ->capture_default_str();
  command.add_flag("--pointwise", options->pointwise,
                   "also pointwise layers against the machine's best product of matrices");
  command.add_option("--json", options->json,
                     "write the result as JSON to this file (- for standard output)");
  command.callback([options, &invocation] { invocation.exit_code = bench_training(*options); });
}

}  // namespace

const Command& bench_training_command() {
  static const Command command{
      .name = "training", .description = "Images per second of training steps", .define = define};
  return command;
}

}  // namespace freebits::cli
