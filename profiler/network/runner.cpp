// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "base/error.hpp"
#include "base/fnv.hpp"
#include "deploy/image/packing.hpp"
#include "deploy/image/program.hpp"
#include "deploy/kernels/kernel.hpp"
#include "freebits/kernel_layout.h"
#include "profiler/network/checkpoint.hpp"
#include "profiler/network/execution.hpp"
#include "profiler/network/network_runner.hpp"
#include "profiler/network/on_target.hpp"
#include "profiler/network/stand_in.hpp"

namespace freebits::profiler {
namespace {

constexpr std::uint8_t kFill = 0xa5;  ///< what memory holds before a run

models::Machine limited(models::Machine machine, const DeployOptions& options) {
  machine.l1_end =
      machine.l1_begin + std::min(machine.l1_end - machine.l1_begin, options.most_l1_bytes);
  machine.l2_end =
      machine.l2_begin + std::min(machine.l2_end - machine.l2_begin, options.most_l2_bytes);
  return machine;
}

std::optional<TensorDifference> compare(const models::Tensor& got, const models::Tensor& expected) {
  const auto at = std::ranges::mismatch(got.values, expected.values);
  if (at.in1 == got.values.end()) return std::nullopt;
  const auto index = static_cast<std::size_t>(at.in1 - got.values.begin());
  const models::Shape s = got.shape;
  TensorDifference d;
  d.channel = static_cast<unsigned>(index % s.channels);
  d.x = static_cast<unsigned>(index / s.channels % s.width);
  d.y = static_cast<unsigned>(index / s.channels / s.width);
  d.got = *at.in1;
  d.expected = *at.in2;
  return d;
}

}  // namespace

class NetworkRunner::Impl {
 public:
  Impl(const tb::Target& target, const models::IntegerNetwork& network,
       const DeployOptions& options)
      : network_(network),
        tensors_(on_target(network.name, target, [&] { return models::empty_tensors(network); })),
        program_(link_network_program(target.level, kernel_layers_on(target))),
        machine_(limited(machine_of(target, program_), options)),
        plan_(
            on_target(network.name, target, [&] { return models::make_plan(network, machine_); })),
        cluster_(target, tb::ClusterOptions{.on_build = options.on_build}),
        execution_(cluster_) {
    for (std::size_t i = 0; i < plan_.layers.size(); ++i)
      check_sum_scale(plan_.layers[i], network.layers[i].op, machine_.level);
    images_ = network_images(network_, plan_, machine_, program_);
  }

  [[nodiscard]] const models::Plan& plan() const { return plan_; }

  NetworkRun run(const models::Tensor& input, const NetworkRunOptions& options) {
    std::vector<models::Tensor> expected;
    if (options.compare) expected = models::run(network_, input, options.stop);
    execution_.stop_with(options.stop);
    load(input);
    NetworkRun result;
    result.layers.resize(plan_.layers.size());
    const std::string identity = options.checkpoint.empty() ? "" : identity_of(input);
    StepCounts before;
    std::size_t step = go_on_from(options.checkpoint, identity, result, before);
    const Execution::Where where = [this](std::size_t s) {
      return network_.layers[layer_of(s)].name;
    };
    for (; step < plan_.steps.size(); ++step) {
      if (!advance(step, where)) {
        result.interrupted = true;
        if (!options.checkpoint.empty())
          write_checkpoint(options.checkpoint, {identity, step, before, result, cluster_.save()});
        break;
      }
      const StepCounts now = execution_.counts();
      if (step == 0) result.cycles = cluster_.cycles();  // its beginning, for now
      if (step != 0) add(result, step - 1, before, now);
      before = now;
      for (models::TensorId t = 1; t < tensors_.size(); ++t) {
        if (plan_.tensors[t].complete == step) take(t, expected, options, result);
      }
      if (result.difference) break;
      // At the end there is nothing left to go on with.
      result.interrupted = options.on_step &&
                           !options.on_step(step + 1, plan_.steps.size(), cluster_.cycles()) &&
                           step + 1 != plan_.steps.size();
      const bool layer_begins = step != 0 && layer_of(step) != layer_of(step - 1);
      if (!options.checkpoint.empty() && (layer_begins || result.interrupted))
        write_checkpoint(options.checkpoint, {identity, step, {}, result, cluster_.save()});
      if (result.interrupted) break;
    }
    result.cycles = cluster_.cycles() - result.cycles;
    if (!result.difference && !result.interrupted) {
      execution_.stop_with({});  // all that is left is the end of the program
      execution_.finish(plan_.steps.size(), where);
    }
    if (!options.checkpoint.empty() && !result.interrupted) {
      std::error_code none;
      std::filesystem::remove(options.checkpoint, none);
    }
    return result;
  }

 private:
  void load(const models::Tensor& input) {
    const auto fill = [this](std::uint32_t begin, std::uint32_t end) {
      execution_.write(begin, std::vector<std::uint8_t>(end - begin, kFill));
    };
    fill(machine_.l1_begin, machine_.l1_end);
    fill(machine_.l2_begin, machine_.l2_end);
    execution_.load(program_, images_);
    execution_.write(plan_.tensors[0].address, models::pack(input));
  }

  /// The step to begin with: 0, or where a checkpoint's ends, whose state is taken over; `before`:
  /// the counts at the beginning of the step before it.
  std::size_t go_on_from(const std::filesystem::path& file, const std::string& identity,
                         NetworkRun& result, StepCounts& before) {
    auto checkpoint = file.empty() ? std::nullopt : read_checkpoint(file, identity);
    if (checkpoint) {
      const std::size_t layers = checkpoint->run.layers.size();
      if (layers != plan_.layers.size() || checkpoint->step >= plan_.steps.size()) {
        throw Error(fmt::format("{}: {} layers, step {}; expected {} layers, a step below {}",
                                file.string(), layers, checkpoint->step, plan_.layers.size(),
                                plan_.steps.size()));
      }
      cluster_.restore(checkpoint->cluster);
      result = std::move(checkpoint->run);
    }
    before = execution_.counts();
    if (!checkpoint) return 0;
    if (!checkpoint->before) return checkpoint->step + 1;
    before = *checkpoint->before;
    return checkpoint->step;
  }

  /// Until a step begins; false when it was interrupted on the way.
  bool advance(std::size_t step, const Execution::Where& where) {
    try {
      execution_.advance(step, step == 0 ? 0 : plan_.steps[step - 1].cycles, where);
      return true;
    } catch (const Interrupted&) {
      return false;
    }
  }

  /// Of all that load() has brought into the memories.
  [[nodiscard]] std::string identity_of(const models::Tensor& input) const {
    Fnv1a hash;
    for (const tb::Elf::Segment& segment : program_.segments) hash.add(segment.data);
    for (const MemoryImage& image : images_) hash.add(image.bytes);
    hash.add(models::pack(input));
    return fmt::format("{} {:016x}", network_.name, hash.value());
  }

  /// A step without a kernel belongs to the next layer, at the end to the last.
  [[nodiscard]] std::size_t layer_of(std::size_t step) const {
    return models::layer_of(plan_, step);
  }

  void add(NetworkRun& result, std::size_t step, const StepCounts& before,
           const StepCounts& now) const {
    result.step_cycles.push_back(now.cycles - before.cycles);
    NetworkLayerRun& layer = result.layers[layer_of(step)];
    layer.cycles += now.cycles - before.cycles;
    layer.estimated_cycles += plan_.steps[step].cycles;
    layer.instructions += now.instructions - before.instructions;
    for (std::size_t a = 0; a < now.accounting.size(); ++a)
      layer.accounting[a] += now.accounting[a] - before.accounting[a];
  }

  [[nodiscard]] std::vector<models::KernelLayer> kernel_layers_on(const tb::Target& target) const {
    return on_target(network_.name, target, [&] { return models::kernel_layers(network_); });
  }

  [[nodiscard]] models::Tensor unpacked(models::TensorId id,
                                        const std::vector<std::uint8_t>& bytes) const {
    try {
      return models::unpack(bytes, tensors_[id].shape, tensors_[id].type);
    } catch (const Error& error) {
      throw Error(
          fmt::format("the output of layer {}: {}", network_.layers[id - 1].name, error.what()));
    }
  }

  void take(models::TensorId id, const std::vector<models::Tensor>& expected,
            const NetworkRunOptions& options, NetworkRun& result) {
    const bool output = id == network_.output();
    if (!options.compare && !options.on_tensor && !output) return;
    const models::TensorPlace& place = plan_.tensors[id];
    std::vector<std::uint8_t> bytes(place.bytes);
    (void)cluster_.read(place.address, bytes);
    models::Tensor tensor = unpacked(id, bytes);
    if (options.on_tensor) options.on_tensor(id, tensor);
    if (options.compare && !result.difference) {
      result.difference = compare(tensor, expected[id]);
      if (result.difference) {
        result.difference->tensor = id;
        result.difference->layer = network_.layers[id - 1].name;
      }
    }
    if (output) result.output = std::move(tensor);
  }

  const models::IntegerNetwork network_;
  std::vector<models::Tensor> tensors_;  ///< types and shapes
  tb::Elf program_;
  models::Machine machine_;
  models::Plan plan_;
  tb::Cluster cluster_;
  Execution execution_;
  std::vector<MemoryImage> images_;
};

void expect_fits(const tb::Target& target, const models::Graph& graph,
                 const models::BitWidths& widths, const DeployOptions& options) {
  models::IntegerNetwork network;
  const auto layers = on_target(graph.name, target, [&] {
    network = bare_network(graph, widths);
    return models::kernel_layers(network);
  });
  const tb::Elf program = link_network_program(target.level, layers);
  const models::Machine machine = limited(machine_of(target, program), options);
  on_target(graph.name, target, [&] { (void)models::make_plan(network, machine); });
}

NetworkRunner::NetworkRunner(const tb::Target& target, const models::IntegerNetwork& network,
                             const DeployOptions& options)
    : impl_(std::make_unique<Impl>(target, network, options)) {}
NetworkRunner::~NetworkRunner() = default;

const models::Plan& NetworkRunner::plan() const { return impl_->plan(); }

NetworkRun NetworkRunner::run(const models::Tensor& input, const NetworkRunOptions& options) {
  return impl_->run(input, options);
}

}  // namespace freebits::profiler
