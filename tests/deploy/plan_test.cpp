// SPDX-License-Identifier: Apache-2.0
// Plans of random networks on random machines: everything inside the memories, nothing overwritten
// while it is needed, every kernel's operands there when it begins.
#include "deploy/plan/plan.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/error.hpp"
#include "deploy/plan/operand_waits.hpp"
#include "deploy/plan/stream_timeline.hpp"
#include "models/builders/builders.hpp"
#include "models/quantize/quantize.hpp"
#include "plan_execution.hpp"
#include "tests/models/errors.hpp"
#include "tests/models/random_networks.hpp"

namespace freebits::test {
namespace {

using models::Constants;

models::Machine machine(RandomLayers& random, const models::IntegerNetwork& network) {
  models::Machine m;
  m.level = random.below(5);
  m.cores = 1U << random.below(4);
  std::uint32_t least = 0;
  for (const models::KernelLayer& layer : models::kernel_layers(network))
    least = std::max(least, models::least_l1_bytes(m, layer));
  m.l1_begin = 0x10000300;
  m.l1_end = m.l1_begin + least + random.below(3) * random.below(least);
  m.l2_begin = 0x1c008000;
  m.l2_end = m.l2_begin + (64U << random.below(10));
  m.l3_begin = 0x80000000;
  m.l3_end = m.l3_begin + (8 << 20);
  return m;
}

/// The L3 DMA queues 16 transfers: no more are begun than those and what has been waited for.
void expect_short_queue(const models::Plan& plan) {
  std::uint32_t begun = 0, arrived = 0;
  for (const models::Step& step : plan.steps) {
    arrived = std::max(arrived, step.l3_wait);
    begun += step.streams;
    EXPECT_LE(begun, arrived + 16);
  }
}

void expect_inside(const std::vector<models::Block>& blocks, std::uint32_t begin,
                   std::uint32_t end) {
  for (const models::Block& b : blocks) {
    EXPECT_GE(b.address, begin);
    EXPECT_LE(b.address + b.bytes, end);
    EXPECT_EQ(b.address % 8, 0U);
  }
}

TEST(Plans, KeepEverythingWhereItIsNeeded) {
  bool tiles = false, channels = false, resident = false, streamed = false, direct = false,
       spilled = false;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomNetworks random(seed);
    const models::IntegerNetwork network = random.network(random.between(1, 10), 18, 70);
    const models::Machine m = machine(random, network);
    const models::Plan plan = models::make_plan(network, m);
    expect_inside(plan.l1, m.l1_begin, m.l1_end);
    expect_inside(plan.l2, m.l2_begin, m.l2_end);
    for (std::size_t a = 0; a < plan.l2.size(); ++a)
      for (std::size_t b = 0; b < a; ++b) EXPECT_FALSE(plan.l2[a].meets(plan.l2[b]));
    expect_short_queue(plan);
    std::vector<std::vector<models::TensorId>> inputs;
    for (const auto& layer : network.layers) inputs.push_back(layer.inputs);
    for (const auto streams : {PlanExecution::Streams::Eager, PlanExecution::Streams::Lazy}) {
      PlanExecution execution(plan, inputs, streams);
      execution.cores = m.cores;
      execution.run();
    }
    if (HasFailure()) return;
    for (std::size_t i = 0; i < plan.layers.size(); ++i) {
      tiles |= plan.tilings[i].rows < plan.layers[i].out.height;
      channels |= plan.tilings[i].channels < plan.layers[i].out.channels;
    }
    for (const Constants& c : plan.constants) {
      resident |= c.where == Constants::Where::Resident;
      streamed |= c.where == Constants::Where::Streamed;
      direct |= c.where == Constants::Where::Direct;
    }
    for (const models::TensorPlace& t : plan.tensors) spilled |= t.in_l3;
  }
  EXPECT_TRUE(tiles && channels && resident && streamed && direct && spilled);
}

/// flexv's memories, less what a program of so many bytes takes.
models::Machine flexv_machine(std::uint32_t program_bytes) {
  models::Machine m;
  m.l1_begin = 0x10000300;
  m.l1_end = 0x1001c000;
  m.l2_begin = 0x1c000000 + program_bytes;
  m.l2_end = 0x1c180000;
  m.l3_begin = 0x80000000;
  m.l3_end = 0x80800000;
  return m;
}

TEST(Plans, TakeATensorThroughL3AtHardlyAnyCost) {
  // The output of block2.depthwise, 0.3 MB: its input has 1.2 MB of the 1.5 of L2.
  const models::Graph graph = models::build_network("mobilenet_v2:width=1.0,resolution=224");
  const models::IntegerNetwork network =
      models::random_network(graph, models::uniform(graph, 8), 1);
  const models::Plan all_in_l2 = models::make_plan(network, flexv_machine(32 << 10));
  const models::Plan plan = models::make_plan(network, flexv_machine(128 << 10));
  for (const models::TensorPlace& t : all_in_l2.tensors) EXPECT_FALSE(t.in_l3);
  std::size_t moves = 0;
  for (const models::Step& step : plan.steps) {
    for (const models::Move& move : step.moves) {
      if (!models::moves_tensor_in_l3(plan, move)) continue;
      ++moves;
      // L3's latency once, not at every pixel; and nobody else at L3.
      EXPECT_EQ(move.rows, 1U);
      EXPECT_EQ(step.streams, 0U);
    }
  }
  EXPECT_GT(moves, 0U);
  EXPECT_LT(static_cast<double>(plan.cycles()), 1.02 * static_cast<double>(all_in_l2.cycles()));
}

TEST(Plans, HaveWeightsThatDoNotFitAlmostInTime) {
  // 1.7 MB, of which 1.3 the classifier has; L2 has 1.4 for them, the tensors and the steps.
  const models::Graph graph = models::build_network("mobilenet_v2:width=0.35,resolution=96");
  const models::IntegerNetwork network =
      models::random_network(graph, models::uniform(graph, 8), 1);
  const models::Machine m = flexv_machine(128 << 10);
  const models::Plan plan = models::make_plan(network, m);
  EXPECT_FALSE(plan.streams.empty());
  for (const Constants& c : plan.constants) EXPECT_NE(c.where, Constants::Where::Direct);
  expect_short_queue(plan);
  models::StreamTimeline timeline(plan, m);
  for (const models::Step& step : plan.steps) timeline.step(static_cast<double>(step.cycles));
  EXPECT_LT(timeline.waited(), 0.03 * static_cast<double>(plan.cycles()));
}

TEST(Plans, KnowWhatLayersWaitForTheirFirstOperands) {
  std::size_t alone = 0, beside = 0, in_time = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    RandomNetworks random(seed);
    const models::IntegerNetwork network = random.network(random.between(2, 10), 18, 70);
    const models::Machine m = machine(random, network);
    const models::Plan plan = models::make_plan(network, m);
    const std::vector<double> waits = models::operand_waits(plan, m);
    for (std::size_t s = 1; s + 1 < plan.steps.size(); ++s) {
      const models::Step &before = plan.steps[s - 1], &step = plan.steps[s];
      const std::size_t layer = models::layer_of(plan, s);
      if (layer == models::layer_of(plan, s - 1)) continue;
      const auto kernel =
          static_cast<double>(models::kernel_cycles(m, plan.layers[layer - 1], before.tile,
                                                    plan.tilings[layer - 1].scratch_bytes) +
                              models::kStepCycles);
      const double longer = static_cast<double>(before.cycles) - kernel;
      if (!step.layer) {
        EXPECT_GE(waits[layer], static_cast<double>(step.cycles));
        ++alone;
      } else if (waits[layer] > 0) {
        EXPECT_EQ(waits[layer], longer);  // transfers took longer than the kernel beside
        ++beside;
      } else {
        ++in_time;
      }
    }
  }
  EXPECT_GT(alone, 0U);
  EXPECT_GT(beside, 0U);
  EXPECT_GT(in_time, 0U);
}

TEST(Plans, LoadTheNextTileBesideAKernelWhateverLiesInL1) {
  // The pool's output, behind its input, cuts L1 in two: the largest tiles of the classifier that
  // would fit twice in all of L1 do not.
  models::Graph graph{.name = "tail", .input = {3, 3, 112}, .layers = {}};
  graph.layers.push_back(
      {.name = "head", .kind = models::LayerKind::Conv, .inputs = {0}, .out_channels = 1280});
  graph.layers.push_back({.name = "pool", .kind = models::LayerKind::AveragePool, .inputs = {1}});
  graph.layers.push_back({.name = "classifier",
                          .kind = models::LayerKind::FullyConnected,
                          .inputs = {2},
                          .out_channels = 1000});
  models::BitWidths widths = models::uniform(graph, 8);
  widths.activations[1] = 2;
  widths.activations[2] = 4;
  models::Machine m;
  m.level = 1;
  m.cores = 8;
  m.l1_begin = 0x10000300;
  m.l1_end = 0x1001c000;
  m.l2_begin = 0x1c020000;
  m.l2_end = 0x1c200000;
  const models::Plan plan = models::make_plan(models::random_network(graph, widths, 1), m);
  std::size_t kernels = 0, waits = 0;
  for (std::size_t s = 0; s + 1 < plan.steps.size(); ++s) {
    if (models::layer_of(plan, s) != 2) continue;
    if (plan.steps[s].layer)
      ++kernels;
    else if (kernels > 0)
      ++waits;
  }
  EXPECT_GT(kernels, 10U);
  EXPECT_LE(waits, 1U);
}

TEST(Plans, SayWhatDoesNotFit) {
  RandomNetworks random(5);
  models::IntegerNetwork network;
  network.name = "net";
  network.input = {16, 16, 32};
  network.layers.push_back({"first", {0}, random.conv(network.input, network.input_type, 3, 16)});
  models::Machine m = machine(random, network);
  m.l1_end = m.l1_begin + 1000;
  const auto message = [&] {
    try {
      (void)models::make_plan(network, m);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_NE(message().find("layer first needs"), std::string::npos) << message();
  EXPECT_NE(message().find("bytes of L1 for its smallest tiles, 1000 available"), std::string::npos)
      << message();
  m.l1_end = m.l1_begin + (64 << 10);
  m.l2_end = m.l2_begin + 4096;
  m.l3_end = m.l3_begin;
  EXPECT_NE(message().find("layer first needs"), std::string::npos) << message();
  EXPECT_NE(message().find("4096 available, and the target has no L3"), std::string::npos)
      << message();
  m.l3_end = m.l3_begin + 2048;
  EXPECT_NE(message().find("L3 has"), std::string::npos) << message();
}

TEST(Tilings, CoverTheOutputOnce) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    RandomNetworks random(seed);
    const models::IntegerNetwork network = random.network(3, 20, 90);
    const models::Machine m = machine(random, network);
    for (const models::KernelLayer& layer : models::kernel_layers(network)) {
      std::vector<unsigned> covered(std::size_t{layer.out.height} * layer.out.channels);
      const models::Tiling tiling = models::choose_tiling(m, layer);
      for (const models::Tile& t : models::tiles(layer, tiling)) {
        EXPECT_EQ(t.c % layer.channel_quantum(), 0U);
        for (unsigned y = t.y; y < t.y + t.rows; ++y)
          for (unsigned c = t.c; c < t.c + t.channels; ++c)
            ++covered.at(std::size_t{y} * layer.out.channels + c);
      }
      EXPECT_EQ(std::ranges::count(covered, 1U), static_cast<long>(covered.size())) << seed;
    }
  }
}

TEST(TimedAllocator, SharesBytesOnlyAtDifferentTimes) {
  RandomLayers random(1);
  models::TimedAllocator memory(0, 1000);
  unsigned placed = 0, refused = 0;
  for (int i = 0; i < 300; ++i) {
    const std::uint32_t begin = random.below(50);
    const auto id = memory.place(random.between(1, 200), {begin, begin + random.below(8)});
    ++(id ? placed : refused);
    if (id) (void)memory.extend(*id, begin + random.below(12));
  }
  EXPECT_GT(placed, 50U);
  EXPECT_GT(refused, 50U);
  expect_inside(memory.blocks(), 0, 1000);
  for (std::size_t a = 0; a < memory.blocks().size(); ++a)
    for (std::size_t b = 0; b < a; ++b)
      EXPECT_FALSE(memory.blocks()[a].meets(memory.blocks()[b])) << a << ' ' << b;
}

TEST(Plans, TakeNoMemoryForTensorsThatNoMemoryHolds) {
  const models::IntegerNetwork network{.name = "pool",
                                       .input = {30000, 30000, 3},
                                       .layers = {{"max", {0}, models::MaxPool{.padding = {}}}}};
  rlimit before{};
  getrlimit(RLIMIT_AS, &before);
#if !defined(__SANITIZE_ADDRESS__)  // which reserves all of the address space
  const rlimit limit{rlim_t{2} << 30, before.rlim_max};
  setrlimit(RLIMIT_AS, &limit);
#endif
  const models::Machine chip{.l1_end = 1 << 17, .l2_end = 1 << 21, .l3_end = 1 << 23};
  EXPECT_EQ(error_of([&] { (void)models::make_plan(network, chip); }),
            "the input: a tensor of 3600000000 bytes, expected at most the 2097152 that L2 has for "
            "it or the 8388608 of L3");
  setrlimit(RLIMIT_AS, &before);
}

}  // namespace
}  // namespace freebits::test
