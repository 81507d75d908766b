// SPDX-License-Identifier: Apache-2.0
// How much of a network's cycles its kernels alone take: every tile of its plan by itself, operands
// in L1, code in the instruction cache, against the whole network end to end. What is left are
// transfers that are waited for, steps, barriers and code that is not in the cache.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <tuple>

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

/// The tile's part of a layer, as a layer: its first channels, which cost what any others do.
struct Cutter {
  const KernelLayer& layer;
  const Tile& tile;
  models::InputRows rows = models::input_rows(layer, tile);

  [[nodiscard]] models::Padding padding() const {
    const unsigned reach = (tile.rows - 1) * layer.stride + layer.kernel_height;
    return {rows.pad_top, layer.padding.left, reach - rows.rows - rows.pad_top,
            layer.padding.right};
  }
  [[nodiscard]] Shape input() const {
    const unsigned channels = layer.splits_input_channels() ? tile.channels : layer.in.channels;
    return {rows.rows, layer.in.width, channels};
  }

  models::IntegerOp operator()(models::Conv conv) const {
    // A fully connected layer's kernel is as large as its input: a pixel to the chip.
    if (layer.kernel_height == 1) conv.kernel_height = conv.kernel_width = 1;
    conv.padding = padding();
    conv.in_channels = layer.in.channels;
    conv.out_channels = tile.channels;
    conv.weights.resize(std::size_t{tile.channels} * conv.kernel_height * conv.kernel_width *
                        conv.in_channels);
    conv.requantization.channels.resize(tile.channels);
    return conv;
  }
  models::IntegerOp operator()(models::Depthwise depthwise) const {
    depthwise.padding = padding();
    depthwise.channels = tile.channels;
    depthwise.weights.resize(std::size_t{tile.channels} * depthwise.kernel * depthwise.kernel);
    depthwise.requantization.channels.resize(tile.channels);
    return depthwise;
  }
  models::IntegerOp operator()(models::Add add) const { return add; }
  models::IntegerOp operator()(models::AveragePool pool) const { return pool; }
  models::IntegerOp operator()(models::MaxPool pool) const {
    pool.padding = padding();
    return pool;
  }
};

std::uint64_t alone(profiler::LayerRunner& runner, const models::IntegerLayer& layer,
                    const KernelLayer& kernel, const Tile& tile) {
  const Cutter cut{kernel, tile};
  const Tensor in = models::random_tensor(cut.input(), kernel.in_type, 1);
  const auto run = [&](const auto& op) {
    if constexpr (std::is_same_v<std::decay_t<decltype(op)>, models::Add>)
      return runner.run(op, in, models::random_tensor(cut.input(), kernel.second_type, 2), 2);
    else
      return runner.run(op, in, 2);
  };
  return std::visit(run, std::visit(cut, layer.op)).cycles;
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
