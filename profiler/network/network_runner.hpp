// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/stop.hpp"
#include "deploy/plan/plan.hpp"
#include "models/graph/bit_widths.hpp"
#include "models/graph/graph.hpp"
#include "models/graph/integer_network.hpp"
#include "tb/cluster/cluster.hpp"

namespace freebits::profiler {

/// The part of a run that belongs to a layer: from the first cycle that does not belong to the
/// layer before, to the first one that belongs to the next. All parts add up to the whole.
struct NetworkLayerRun {
  std::uint64_t cycles = 0;
  std::uint64_t estimated_cycles = 0;  ///< by the cost model
  std::uint64_t instructions = 0;      ///< of all cores
  tb::Accounting accounting{};         ///< of all cores: cycles x cores
};

/// The first element of a tensor that differs from the integer model.
struct TensorDifference {
  models::TensorId tensor = 0;
  std::string layer;
  unsigned y = 0, x = 0, channel = 0;
  std::int32_t got = 0, expected = 0;
};

struct NetworkRun {
  std::uint64_t cycles = 0;  ///< from the first transfer to the last
  std::vector<NetworkLayerRun> layers;
  std::vector<std::uint64_t> step_cycles;  ///< of the plan's steps
  models::Tensor output;
  bool interrupted = false;  ///< by on_step or stop: the other members say how far it came
  std::optional<TensorDifference> difference;  ///< none: every tensor equals the integer model's
};

struct NetworkRunOptions {
  /// The run ends at the first difference.
  bool compare = true;
  /// Called after each step, with the number of steps and the cycles so far. False ends the run.
  std::function<bool(std::size_t step, std::size_t steps, std::uint64_t cycles)> on_step{};
  /// Called with each tensor but the input, as it lies in the memory of the cluster, when it is
  /// complete.
  std::function<void(models::TensorId, const models::Tensor&)> on_tensor{};
  /// Ends the run when it is requested, also in the middle of a step.
  StopToken stop{};
  /// A file that receives the state after every layer and when the run is interrupted. A run that
  /// finds it continues from there to the same cycles, and removes it at its end. on_tensor is not
  /// called for tensors before that point. Empty: no checkpoint.
  std::filesystem::path checkpoint{};
};

struct DeployOptions {
  /// Maximum bytes of L1 and L2 for the data of the network, to try smaller memories than those of
  /// the target.
  std::uint32_t most_l1_bytes = ~std::uint32_t{0}, most_l2_bytes = ~std::uint32_t{0};
  /// Called with a line of text while a geometry is built for the first time.
  std::function<void(std::string_view)> on_build{};
};

/// Throws Error, as a NetworkRunner would, if no network of this graph with these bit-widths fits
/// the target. Needs no weights.
void expect_fits(const tb::Target& target, const models::Graph& graph,
                 const models::BitWidths& widths, const DeployOptions& options = {});

/// Runs a network on a Verilated cluster, from its input in L2 to its output there, any number of
/// times.
class NetworkRunner {
 public:
  /// Plans the network and links its program. Throws Error if it does not fit, naming layer,
  /// memory, bytes needed and available, and if its sums do not fit 32 bits.
  NetworkRunner(const tb::Target& target, const models::IntegerNetwork& network,
                const DeployOptions& options = {});
  ~NetworkRunner();

  [[nodiscard]] const models::Plan& plan() const;

  /// Throws Error if `input` has another shape or type, and if the program fails; Interrupted
  /// when options.stop is requested before the first step.
  [[nodiscard]] NetworkRun run(const models::Tensor& input, const NetworkRunOptions& options = {});

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace freebits::profiler
