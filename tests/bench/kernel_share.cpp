// SPDX-License-Identifier: Apache-2.0
// How much of a network's cycles its kernels alone take: every tile of its plan by itself, operands
// in L1, code in the instruction cache, against the whole network end to end. What is left are
// transfers that are waited for, steps, barriers and code that is not in the cache.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <tuple>

#include "deploy/kernels/kernel.hpp"
#include "models/builders/builders.hpp"
#include "models/quantize/quantize.hpp"
#include "profiler/layer/layer_runner.hpp"
#include "profiler/network/network_runner.hpp"

namespace freebits {
namespace {

using models::KernelLayer;
using models::Shape;
using models::Tensor;
using models::Tile;

/// Cycles of the tile's part of a layer, as a layer: its first channels, which cost what any others
/// do.
std::uint64_t alone(profiler::LayerRunner& runner, const models::IntegerLayer& layer,
                    const KernelLayer& kernel, Tile tile) {
  tile.c = 0;
  const unsigned channels = kernel.splits_input_channels() ? tile.channels : kernel.in.channels;
  const Shape shape = {input_rows(kernel, tile).rows, kernel.in.width, channels};
  std::vector<Tensor> tensors = {models::random_tensor(shape, kernel.in_type, 1)};
  if (kernel.inputs() == 2) tensors.push_back(models::random_tensor(shape, kernel.second_type, 2));
  std::vector<const Tensor*> in;
  for (const Tensor& tensor : tensors) in.push_back(&tensor);
  return runner.run(models::kernel(kernel.kind).on_tile(layer.op, kernel, tile), in, 2).cycles;
}

void measure(const tb::Target& target, const std::string& name, unsigned bits) {
  const models::Graph graph = models::build_network(name);
  const auto network = models::random_network(graph, models::uniform(graph, bits), 1);
  profiler::NetworkRunner whole(target, network);
  const std::uint64_t cycles =
      whole.run(models::random_tensor(network.input, network.input_type, 1), {.compare = false})
          .cycles;
  profiler::LayerRunner runner(target);
  const models::Plan& plan = whole.plan();
  std::map<std::tuple<std::size_t, unsigned, unsigned, unsigned, unsigned>, std::uint64_t> known;
  std::uint64_t kernels = 0;
  for (const models::Step& step : plan.steps) {
    if (!step.layer) continue;
    const KernelLayer& layer = plan.layers[*step.layer];
    const models::InputRows rows = models::input_rows(layer, step.tile);
    const auto [at, fresh] = known.try_emplace(
        {*step.layer, step.tile.rows, step.tile.channels, rows.rows, rows.pad_top}, 0);
    if (fresh) at->second = alone(runner, network.layers[*step.layer], layer, step.tile);
    kernels += at->second;
  }
  fmt::print("{} {} {} bits: {} cycles, its kernels alone {}: {:.1f} %\n", name, target.name, bits,
             cycles, kernels, 100.0 * static_cast<double>(kernels) / static_cast<double>(cycles));
}

}  // namespace
}  // namespace freebits

int main(int argc, char** argv) {
  CLI::App app("Share of the kernels in the cycles of whole networks");
  std::string network, target = "flexv";
  unsigned bits = 8;
  app.add_option("NETWORK", network, "a built-in network")->required();
  app.add_option("--target", target, "a target's name or file");
  app.add_option("--bits", bits, "of all weights and tensors: 8, 4 or 2");
  CLI11_PARSE(app, argc, argv);
  try {
    freebits::measure(freebits::tb::load_target(target), network, bits);
  } catch (const std::exception& error) {
    fmt::print(stderr, "kernel_share: {}\n", error.what());
    return 2;
  }
}
