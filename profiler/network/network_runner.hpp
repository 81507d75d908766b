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

/// A layer's part of a run: from the first cycle that is not the layer's before to the first that
/// is not its own, so that all parts add up to the whole.
struct NetworkLayerRun {
  std::uint64_t cycles = 0;
  std::uint64_t estimated_cycles = 0;  ///< by the cost model
  std::uint64_t instructions = 0;      ///< of all cores
  tb::Accounting accounting{};         ///< of all cores: cycles x cores
};

/// The first element of a tensor that is not the integer model's.
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
  bool interrupted = false;  ///< by on_step or stop: the rest says how far it came
  std::optional<TensorDifference> difference;  ///< none: every tensor equals the integer model's
};

struct NetworkRunOptions {
  /// The run ends at the first difference.
  bool compare = true;
  /// After each step: of how many, and cycles so far. False ends the run.
  std::function<bool(std::size_t step, std::size_t steps, std::uint64_t cycles)> on_step{};
  /// Each tensor as the chip has it, when it is complete; not the input.
  std::function<void(models::TensorId, const models::Tensor&)> on_tensor{};
  /// Ends the run, also in the middle of a step.
  StopToken stop{};
  /// Kept after every layer, and when the run is interrupted; a run that finds it goes on from
  /// there, to the same cycles, and removes it at its end. Empty: none. Tensors of before are not
  /// shown.
  std::filesystem::path checkpoint{};
};

struct DeployOptions {
  /// At most so many bytes of L1 and L2 for the network's data, though the target has more: what
  /// smaller ones would do.
  std::uint32_t most_l1_bytes = ~std::uint32_t{0}, most_l2_bytes = ~std::uint32_t{0};
  /// Called with a line of text while a geometry is built for the first time.
  std::function<void(std::string_view)> on_build{};
};

/// Throws Error, as a NetworkRunner would, when no network of this graph at these widths fits
/// the target: known before there are weights.
void expect_fits(const tb::Target& target, const models::Graph& graph,
                 const models::BitWidths& widths, const DeployOptions& options = {});

/// A network on a Verilated cluster, from its input in L2 to its output there. One object, any
/// number of runs.
class NetworkRunner {
 public:
  /// Plans the network and links its program. Throws Error when it does not fit, naming layer,
  /// memory, bytes needed and available, and when types' sums do not fit 32 bits.
  NetworkRunner(const tb::Target& target, const models::IntegerNetwork& network,
                const DeployOptions& options = {});
  ~NetworkRunner();

  [[nodiscard]] const models::Plan& plan() const;

  /// Throws Error when `input` is not the network's, and when the program fails; Interrupted
  /// when options.stop is requested before the first step.
  [[nodiscard]] NetworkRun run(const models::Tensor& input, const NetworkRunOptions& options = {});

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace freebits::profiler
