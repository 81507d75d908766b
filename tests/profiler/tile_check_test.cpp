// SPDX-License-Identifier: Apache-2.0
// What decides whether a latency may be kept: a tile in L1 against the integer model.
#include "profiler/profile/tile_check.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "../models/random_networks.hpp"
#include "base/error.hpp"
#include "deploy/image/packing.hpp"
#include "deploy/image/program.hpp"
#include "freebits/kernel_layout.h"

namespace freebits::profiler {
namespace {

using models::Tensor;

/// Rows y … y + rows - 1 and channels c … c + channels - 1 of a tensor.
Tensor part_of(const Tensor& all, unsigned y, unsigned rows, unsigned c, unsigned channels) {
  Tensor part({rows, all.shape.width, channels}, all.type);
  for (unsigned i = 0; i < rows; ++i) {
    for (unsigned x = 0; x < all.shape.width; ++x) {
      for (unsigned k = 0; k < channels; ++k) {
        part.values[(std::size_t{i} * all.shape.width + x) * channels + k] =
            static_cast<std::int16_t>(all.at(y + i, x, c + k));
      }
    }
  }
  return part;
}

/// As its layer's kernel sees it: one column where every pixel is computed alike.
Tensor shaped(Tensor tensor, models::Shape shape) {
  tensor.shape = shape;
  return tensor;
}

/// Plays the steps of random networks' plans: puts a tile's operands and its output, by the integer
/// model of the whole layer, to where the plan has them.
TEST(TileCheck, TakesTheModelsOutputAndNoOther) {
  const tb::Target target = tb::load_target("flexv");
  tb::Cluster cluster(target);
  std::size_t tiles = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    test::RandomNetworks random(seed);
    const models::IntegerNetwork network = random.network(6, 16, 40);
    models::Machine machine = machine_before_linking(target);
    machine.l1_end = machine.l1_begin + 24 * 1024;  // so that there are several tiles
    const models::Plan plan = models::make_plan(network, machine);
    const auto values = models::run(network, random.tensor(network.input, network.input_type));
    TileCheck check(network, plan);
    for (const models::Step& step : plan.steps) {
      if (!step.layer) continue;
      const models::KernelLayer& layer = plan.layers[*step.layer];
      const models::InputRows rows = models::input_rows(layer, step.tile);
      const bool some = layer.splits_input_channels();
      const auto input = [&](std::size_t i) {
        const Tensor all = shaped(values[network.layers[*step.layer].inputs.at(i)], layer.in);
        return models::pack(part_of(all, rows.y, rows.rows, some ? step.tile.c : 0,
                                    some ? step.tile.channels : layer.in.channels));
      };
      ASSERT_TRUE(cluster.write(step.input, input(0)));
      if (layer.inputs() == 2) {
        ASSERT_TRUE(cluster.write(step.second, input(1)));
      }
      ASSERT_TRUE(check.begin(cluster, step, {}));
      const Tensor all = shaped(values[*step.layer + 1], layer.out);
      std::vector<std::uint8_t> output =
          models::pack(part_of(all, step.tile.y, step.tile.rows, step.tile.c, step.tile.channels));
      ASSERT_TRUE(cluster.write(step.output, output));
      EXPECT_NO_THROW(check.end(cluster));

      ASSERT_TRUE(check.begin(cluster, step, {}));
      output.at(0) ^= 1;
      ASSERT_TRUE(cluster.write(step.output, output));
      EXPECT_THROW(check.end(cluster), Error) << layer.name;
      ++tiles;
    }
  }
  EXPECT_GT(tiles, 100U);
}

TEST(TileCheck, DoesNotCompareWhatHasOtherConstants) {
  const tb::Target target = tb::load_target("flexv");
  tb::Cluster cluster(target);
  test::RandomNetworks random(1);
  const models::IntegerNetwork network = random.network(3, 8, 16);
  const models::Plan plan = models::make_plan(network, machine_before_linking(target));
  const auto step =
      std::ranges::find_if(plan.steps, [](const models::Step& s) { return s.layer.has_value(); });
  const std::vector<std::uint8_t> constants(64, 0x5a);
  TileCheck check(network, plan);
  EXPECT_FALSE(check.begin(cluster, *step, constants));
  EXPECT_NO_THROW(check.end(cluster));
}

}  // namespace
}  // namespace freebits::profiler
