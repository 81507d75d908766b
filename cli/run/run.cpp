// SPDX-License-Identifier: Apache-2.0
// `freebits run`: a whole quantized network on the RTL cluster, every tensor compared with the
// integer model.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <numeric>
#include <utility>

#include "base/error.hpp"
#include "cli/common/commands.hpp"
#include "cli/common/document.hpp"
#include "cli/common/exec_report.hpp"
#include "cli/common/network_options.hpp"
#include "cli/common/output_file.hpp"
#include "cli/common/output_lock.hpp"
#include "cli/common/progress.hpp"
#include "cli/common/signals.hpp"
#include "cli/common/target_options.hpp"
#include "deploy/image/packing.hpp"
#include "models/graph/network_graph.hpp"
#include "profiler/network/network_runner.hpp"

namespace freebits::cli {
namespace {

struct RunCommand {
  NetworkOptions network;
  TargetOptions target;
  std::string json, dump, checkpoint;
};

/// A layer of the plan with what was measured.
struct Row {
  const models::KernelLayer& layer;
  const models::IntegerOp& op;
  const profiler::NetworkLayerRun& run;

  [[nodiscard]] std::uint64_t macs() const { return layer.has_weights() ? layer.operations() : 0; }
  [[nodiscard]] double macs_per_cycle() const {
    return run.cycles == 0 ? 0 : static_cast<double>(macs()) / static_cast<double>(run.cycles);
  }
  [[nodiscard]] std::string_view kind() const { return name(layer_kind(op, layer.in)); }
  /// Of the weights, or of the second input.
  [[nodiscard]] std::string_view second() const {
    if (layer.has_weights()) return models::name(layer.weight_type);
    return layer.inputs() == 2 ? models::name(layer.second_type) : "";
  }
};

std::vector<Row> rows(const models::IntegerNetwork& network, const models::Plan& plan,
                      const profiler::NetworkRun& run) {
  std::vector<Row> all;
  for (std::size_t i = 0; i < plan.layers.size(); ++i)
    all.push_back({plan.layers[i], network.layers[i].op, run.layers[i]});
  return all;
}

void print_table(const std::vector<Row>& table) {
  fmt::print(stderr, "{:<24}{:<16}{:>3}{:>4}{:>4}{:>12}{:>12}{:>8}   ", "layer", "kind", "in", "w",
             "out", "MAC", "cycles", "MAC/cyc");
  for (const std::string_view activity : tb::kActivityNames) fmt::print(stderr, " {}", activity);
  fmt::print(stderr, " (% of the cores' cycles)\n");
  for (const Row& row : table) {
    const auto sum = std::accumulate(row.run.accounting.begin(), row.run.accounting.end(), 0.0);
    fmt::print(stderr, "{:<24}{:<16}{:>3}{:>4}{:>4}{:>12}{:>12}{:>8.2f}   ", row.layer.name,
               row.kind(), models::name(row.layer.in_type), row.second(),
               models::name(row.layer.out_type), row.macs(), row.run.cycles, row.macs_per_cycle());
    for (std::size_t i = 0; i < row.run.accounting.size(); ++i) {
      const double percent = sum == 0 ? 0 : 100 * static_cast<double>(row.run.accounting[i]) / sum;
      fmt::print(stderr, " {:>{}.1f}", percent, tb::kActivityNames[i].size());
    }
    fmt::print(stderr, "\n");
  }
}

nlohmann::ordered_json layers_json(const std::vector<Row>& table) {
  auto json = nlohmann::ordered_json::array();
  for (const Row& row : table) {
    nlohmann::ordered_json accounting;
    for (std::size_t i = 0; i < tb::kActivityNames.size(); ++i)
      accounting[std::string(tb::kActivityNames[i])] = row.run.accounting[i];
    json.push_back({{"name", row.layer.name},
                    {"kind", row.kind()},
                    {"in", models::name(row.layer.in_type)},
                    {"weights", row.second()},
                    {"out", models::name(row.layer.out_type)},
                    {"macs", row.macs()},
                    {"cycles", row.run.cycles},
                    {"estimated_cycles", row.run.estimated_cycles},
                    {"macs_per_cycle", row.macs_per_cycle()},
                    {"instructions", row.run.instructions},
                    {"accounting", accounting}});
  }
  return json;
}

/// Writes each tensor to the folder as it lies in memory.
class TensorFiles {
 public:
  TensorFiles(std::filesystem::path folder, const models::IntegerNetwork& network)
      : folder_(std::move(folder)), network_(network) {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error) throw Error(fmt::format("--dump {}: {}", folder_.string(), error.message()));
  }
  void write(models::TensorId id, const models::Tensor& tensor) const {
    const std::vector<std::uint8_t> bytes = models::pack(tensor);
    std::string name = network_.layers[id - 1].name + ".bin";
    std::ranges::replace(name, '/', '_');  // a name may have any; the file stays in the folder
    write_file({reinterpret_cast<const char*>(bytes.data()), bytes.size()},
               (folder_ / name).string());
  }

 private:
  std::filesystem::path folder_;
  const models::IntegerNetwork& network_;
};

std::uint64_t total_macs(const std::vector<Row>& table) {
  std::uint64_t sum = 0;
  for (const Row& row : table) sum += row.macs();
  return sum;
}

void print_summary(const std::vector<Row>& table, const profiler::NetworkRun& run,
                   const tb::Target& target, double estimate) {
  const auto cycles = static_cast<double>(run.cycles);
  fmt::print(stderr,
             "{} cycles, {:.3f} ms at {} MHz, {:.2f} MAC/cycle ({}, {} cores, {}); the cost model "
             "said {:.0f} ({:+.1f} %)\n",
             run.cycles, cycles / target.clock_mhz / 1e3, target.clock_mhz,
             static_cast<double>(total_macs(table)) / cycles, target.name, target.geometry.cores,
             isa::name(target.level), estimate, 100 * (estimate / cycles - 1));
  if (!run.difference) {
    fmt::print(stderr, "every tensor equals the integer model in every bit\n");
    return;
  }
  const profiler::TensorDifference& d = *run.difference;
  fmt::print(stderr, "layer {}: pixel ({}, {}), channel {}: got {}, expected {}\n", d.layer, d.y,
             d.x, d.channel, d.got, d.expected);
}

nlohmann::ordered_json difference_json(const profiler::NetworkRun& run) {
  if (!run.difference) return nullptr;
  const profiler::TensorDifference& d = *run.difference;
  return {{"layer", d.layer},     {"y", d.y},     {"x", d.x},
          {"channel", d.channel}, {"got", d.got}, {"expected", d.expected}};
}

int run_network(const RunCommand& command) {
  check_writable(command.json);
  check_writable_folder(command.dump);
  std::optional<FileLock> lock;
  if (!command.checkpoint.empty()) {
    check_writable_regular(command.checkpoint, 0);
    lock = lock_output(command.checkpoint, "--checkpoint");
  }
  const tb::Target target = chosen_target(command.target);
  const auto start = std::chrono::steady_clock::now();
  const models::IntegerNetwork network = chosen_network(command.network, target, stop_token());
  profiler::DeployOptions deploy;
  deploy.on_build = [](std::string_view line) { fmt::print(stderr, "{}\n", line); };
  profiler::NetworkRunner runner(target, network, deploy);
  const models::Plan& plan = runner.plan();
  // Only now: of a network that does not fit the target, no tensor is made.
  const models::Tensor input = chosen_input(command.network, network);
  std::optional<Progress> progress;
  progress.emplace("cycles", plan.cycles());
  profiler::NetworkRunOptions options;
  bool begun = false;
  options.on_step = [&](std::size_t step, std::size_t, std::uint64_t cycles) {
    if (!std::exchange(begun, true) && step > 1)
      fmt::print(stderr, "going on from {}\n", command.checkpoint);
    progress->update(std::min(cycles, plan.cycles()));
    return !stop_token().requested();
  };
  options.stop = stop_token();
  std::optional<TensorFiles> files;
  if (!command.dump.empty()) {
    files.emplace(command.dump, network);
    options.on_tensor = [&](models::TensorId id, const models::Tensor& t) { files->write(id, t); };
  }
  options.checkpoint = command.checkpoint;
  const profiler::NetworkRun run = runner.run(input, options);
  progress.reset();
  if (run.interrupted) {
    if (command.checkpoint.empty()) throw Interrupted{};
    fmt::print(stderr, "interrupted; the same command goes on from {}\n", command.checkpoint);
    return kInterrupted;
  }

  const std::vector<Row> table = rows(network, plan, run);
  print_table(table);
  print_summary(table, run, target, static_cast<double>(plan.cycles()));
  if (!command.json.empty()) {
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    auto json = document("run", target_json(target), command.network.seed, seconds);
    json["network"] = network.name;
    json["bits"] = command.network.bits;
    json["input"] = command.network.input;
    json["bit_exact"] = !run.difference;
    json["difference"] = difference_json(run);
    json["total_cycles"] = run.cycles;
    json["estimated_cycles"] = plan.cycles();
    json["milliseconds"] = static_cast<double>(run.cycles) / target.clock_mhz / 1e3;
    json["macs"] = total_macs(table);
    json["layers"] = layers_json(table);
    json["output"] = run.output.values;
    write_document(json, command.json);
  }
  return run.difference ? kFailed : kSuccess;
}

void define(CLI::App& command, Invocation& invocation) {
  auto options = std::make_shared<RunCommand>();
  add_network_options(command, options->network);
  add_target_options(command, options->target);
  command.add_option(
      "--dump", options->dump,
      "write the output of each layer to this folder, NAME.bin, as it lies in memory");
  command.add_option("--checkpoint", options->checkpoint,
                     "keep the run's state in this file after every layer; a run that finds it "
                     "goes on from there, and removes it at its end");
  command.add_option("--json", options->json,
                     "write the result as JSON to this file (- for standard output)");
  command.callback([options, &invocation] { invocation.exit_code = run_network(*options); });
}

}  // namespace

const Command& run_command() {
  static const Command command{
      .name = "run",
      .description =
          "Run a whole network on the cluster and compare every tensor with the integer model",
      .define = define};
  return command;
}

}  // namespace freebits::cli
