// SPDX-License-Identifier: Apache-2.0
// Random networks on the RTL equal the integer model in every bit of every tensor: all kinds of
// layers and types, odd sizes, memories so small that everything is cut, streamed and spilled.
#include "profiler/network/network_runner.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <numeric>
#include <string>
#include <thread>
#include <tuple>

#include "../models/random_networks.hpp"
#include "base/error.hpp"
#include "base/sealed.hpp"
#include "models/builders/builders.hpp"

namespace freebits::profiler {
namespace {

using models::Constants;

tb::Target target(isa::Level level, unsigned cores) {
  tb::Target t = tb::load_target("flexv");
  t.level = level;
  t.geometry.cores = cores;
  t.geometry.banks = 2 * cores;
  return t;
}

void expect_exact(NetworkRunner& runner, const models::IntegerNetwork& network,
                  const models::Tensor& input) {
  const NetworkRun run = runner.run(input);
  if (run.difference) {
    const TensorDifference& d = *run.difference;
    FAIL() << d.layer << ", pixel " << d.y << ' ' << d.x << ", channel " << d.channel << ": got "
           << d.got << ", expected " << d.expected;
  }
  EXPECT_EQ(run.output.values, models::run(network, input).back().values);
  std::uint64_t sum = 0;
  for (const NetworkLayerRun& layer : run.layers) {
    sum += layer.cycles;
    EXPECT_EQ(std::accumulate(layer.accounting.begin(), layer.accounting.end(), std::uint64_t{0}) %
                  layer.cycles,
              0U);
  }
  EXPECT_EQ(sum, run.cycles);
}

/// Bytes of L1 with which every layer just fits.
std::uint32_t least_l1(isa::Level level, unsigned cores, const models::IntegerNetwork& network) {
  models::Machine machine;
  machine.level = static_cast<unsigned>(level);
  machine.cores = cores;
  std::uint32_t bytes = 0;
  for (const models::KernelLayer& layer : models::kernel_layers(network))
    bytes = std::max(bytes, models::least_l1_bytes(machine, layer));
  return bytes;
}

/// What a plan had to do.
struct Hardships {
  bool cut = false, streamed = false, direct = false, spilled = false;

  void add(const models::Plan& plan) {
    for (std::size_t i = 0; i < plan.layers.size(); ++i) {
      cut |= plan.tilings[i].rows < plan.layers[i].out.height;
      cut |= plan.tilings[i].channels < plan.layers[i].out.channels;
    }
    for (const Constants& c : plan.constants) {
      streamed |= c.where == Constants::Where::Streamed;
      direct |= c.where == Constants::Where::Direct;
    }
    for (const models::TensorPlace& t : plan.tensors) spilled |= t.in_l3;
  }
};

class Networks : public testing::TestWithParam<std::tuple<isa::Level, unsigned>> {
 protected:
  isa::Level level = std::get<0>(GetParam());
  unsigned cores = std::get<1>(GetParam());
  std::uint64_t seed() const { return 1000 * static_cast<unsigned>(level) + 100 * cores; }
};

TEST_P(Networks, EqualTheModel) {
  for (std::uint64_t i = 0; i < 3; ++i) {
    SCOPED_TRACE(testing::Message() << "seed " << seed() + i);
    test::RandomNetworks random(seed() + i);
    const models::IntegerNetwork network = random.network(8, 16, 40);
    NetworkRunner runner(target(level, cores), network);
    expect_exact(runner, network, random.tensor(network.input, network.input_type));
    if (HasFatalFailure()) return;
  }
}

TEST_P(Networks, EqualTheModelInTinyMemories) {
  Hardships hardships;
  for (std::uint64_t i = 0; i < 6; ++i) {
    SCOPED_TRACE(testing::Message() << "seed " << seed() + 50 + i);
    test::RandomNetworks random(seed() + 50 + i);
    const models::IntegerNetwork network = random.network(6, 18, 48);
    const std::uint32_t l1 = least_l1(level, cores, network);
    NetworkRunner runner(target(level, cores), network,
                         {.most_l1_bytes = l1 + l1 / 2 * static_cast<unsigned>(i),
                          .most_l2_bytes = 256U << (2 * (i % 3))});
    hardships.add(runner.plan());
    expect_exact(runner, network, random.tensor(network.input, network.input_type));
    if (HasFatalFailure()) return;
  }
  EXPECT_TRUE(hardships.cut);
  EXPECT_TRUE(hardships.streamed || hardships.direct);
  EXPECT_TRUE(hardships.spilled);
}

/// Whatever the graph and the plan accept, the kernels compute: also cut into tiles.
TEST_P(Networks, EqualTheModelForEveryWindowThatIsAccepted) {
  for (std::uint64_t i = 0; i < 6; ++i) {
    SCOPED_TRACE(testing::Message() << "seed " << seed() + 70 + i);
    test::RandomNetworks random(seed() + 70 + i);
    const models::IntegerNetwork network = random.network_of_any_windows(6, 20, 24);
    models::check(network);
    const std::uint32_t l1 = least_l1(level, cores, network);
    NetworkRunner runner(target(level, cores), network,
                         {.most_l1_bytes = l1 + l1 / 2 * static_cast<unsigned>(i)});
    expect_exact(runner, network, random.tensor(network.input, network.input_type));
    if (HasFatalFailure()) return;
  }
}

/// Stopped after every few steps and continued by another runner, with transfers from L3 under way.
TEST(NetworkCheckpoint, EndsAsWithoutAStop) {
  test::RandomNetworks random(4);
  const models::IntegerNetwork network = random.network(6, 18, 48);
  const models::Tensor input = random.tensor(network.input, network.input_type);
  const tb::Target chip = target(isa::Level::FlexV, 8);
  const std::uint32_t l1 = least_l1(isa::Level::FlexV, 8, network);
  const DeployOptions small{.most_l1_bytes = l1, .most_l2_bytes = 4096};
  NetworkRunner runner(chip, network, small);
  Hardships hardships;
  hardships.add(runner.plan());
  EXPECT_TRUE(hardships.streamed || hardships.direct);
  const NetworkRun whole = runner.run(input);

  NetworkRunOptions options;
  options.checkpoint = std::filesystem::path(testing::TempDir()) / "network_checkpoint";
  std::filesystem::remove(options.checkpoint);
  std::size_t stops = 0;
  for (bool interrupted = true; interrupted; ++stops) {
    ASSERT_LT(stops, runner.plan().steps.size());
    options.on_step = [left = 1 + stops % 3](std::size_t, std::size_t, std::uint64_t) mutable {
      return left-- > 0;
    };
    NetworkRunner another(chip, network, small);
    const NetworkRun run = another.run(input, options);
    interrupted = run.interrupted;
    EXPECT_EQ(std::filesystem::exists(options.checkpoint), interrupted);
    if (interrupted) continue;
    EXPECT_FALSE(run.difference);
    EXPECT_EQ(run.cycles, whole.cycles);
    EXPECT_EQ(run.step_cycles, whole.step_cycles);
    EXPECT_EQ(run.output.values, whole.output.values);
    for (std::size_t i = 0; i < run.layers.size(); ++i) {
      EXPECT_EQ(run.layers[i].cycles, whole.layers[i].cycles);
      EXPECT_EQ(run.layers[i].instructions, whole.layers[i].instructions);
      EXPECT_EQ(run.layers[i].accounting, whole.layers[i].accounting);
    }
  }
  EXPECT_GT(stops, 5U);
}

/// Stopped anywhere, mostly in the middle of a step, by another thread.
TEST(NetworkCheckpoint, EndsAsWithoutAStopInTheMiddleOfAStep) {
  test::RandomNetworks random(6);
  const models::IntegerNetwork network = random.network(4, 18, 48);
  const models::Tensor input = random.tensor(network.input, network.input_type);
  const tb::Target chip = target(isa::Level::FlexV, 8);
  NetworkRunner runner(chip, network);
  const NetworkRun whole = runner.run(input);
  NetworkRunOptions options;
  options.checkpoint = std::filesystem::path(testing::TempDir()) / "middle_checkpoint";
  std::filesystem::remove(options.checkpoint);
  NetworkRun run;
  for (unsigned i = 1; i == 1 || run.interrupted; ++i) {
    std::atomic<bool> stop = false;
    std::jthread stopper;
    std::size_t steps = 0;
    // Once a step has begun: a run that never gets so far would never end.
    options.on_step = [&](std::size_t, std::size_t, std::uint64_t) {
      if (steps++ == 0)
        stopper = std::jthread([&stop, i] {
          std::this_thread::sleep_for(std::chrono::microseconds(700 * (i % 9)));
          stop = true;
        });
      return true;
    };
    options.stop = stop;
    run = runner.run(input, options);
    EXPECT_EQ(std::filesystem::exists(options.checkpoint), run.interrupted);
  }
  EXPECT_FALSE(run.difference);
  EXPECT_EQ(run.cycles, whole.cycles);
  EXPECT_EQ(run.step_cycles, whole.step_cycles);
  EXPECT_EQ(run.output.values, whole.output.values);
  for (std::size_t i = 0; i < run.layers.size(); ++i) {
    EXPECT_EQ(run.layers[i].instructions, whole.layers[i].instructions);
    EXPECT_EQ(run.layers[i].accounting, whole.layers[i].accounting);
  }
}

TEST(Fit, IsKnownBeforeThereAreWeights) {
  const models::Graph graph = models::build_network("mobilenet_v1:width=0.25,resolution=32");
  const models::BitWidths widths = models::uniform(graph, 8);
  const tb::Target chip = target(isa::Level::FlexV, 8);
  EXPECT_NO_THROW(expect_fits(chip, graph, widths));
  tb::Target small = chip;
  small.l3.bytes = 16 << 10;
  small.l2.bytes = 64 << 10;
  try {
    expect_fits(small, graph, widths);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("L3"), std::string::npos) << error.what();
  }
}

TEST(NetworkCheckpoint, OfAnotherInputIsRefused) {
  test::RandomNetworks random(5);
  const models::IntegerNetwork network = random.network(3, 10, 16);
  NetworkRunner runner(target(isa::Level::FlexV, 2), network);
  NetworkRunOptions options;
  options.checkpoint = std::filesystem::path(testing::TempDir()) / "other_checkpoint";
  std::filesystem::remove(options.checkpoint);
  options.on_step = [](std::size_t, std::size_t, std::uint64_t) { return false; };
  const models::Tensor input = random.tensor(network.input, network.input_type);
  EXPECT_TRUE(runner.run(input, options).interrupted);
  models::Tensor other = input;
  other.values[0] = static_cast<std::int16_t>(other.values[0] == 0 ? 1 : 0);
  EXPECT_THROW((void)runner.run(other, options), Error);
  options.on_step = {};
  EXPECT_FALSE(runner.run(input, options).interrupted);
}

/// The identity of a run is not all that its checkpoint must fit.
TEST(NetworkCheckpoint, OfOtherLayersOrStepsIsRefused) {
  test::RandomNetworks random(5);
  const models::IntegerNetwork network = random.network(3, 10, 16);
  NetworkRunner runner(target(isa::Level::FlexV, 2), network);
  NetworkRunOptions options;
  options.checkpoint = std::filesystem::path(testing::TempDir()) / "short_checkpoint";
  std::filesystem::remove(options.checkpoint);
  options.on_step = [](std::size_t, std::size_t, std::uint64_t) { return false; };
  const models::Tensor input = random.tensor(network.input, network.input_type);
  EXPECT_TRUE(runner.run(input, options).interrupted);
  constexpr FileKind kFile{.name = "freebits.run_checkpoint", .version = 2};
  const Json good = read_sealed(options.checkpoint, kFile);
  const auto refuse = [&](const char* key, const Json& value) {
    Json bad = good;
    bad[key] = value;
    write_sealed(options.checkpoint, kFile, bad);
    EXPECT_THROW((void)runner.run(input, options), Error) << key;
  };
  refuse("layers", Json::array());
  refuse("step", 1'000'000);
  refuse("before", Json::binary({1, 2}));
  std::filesystem::remove(options.checkpoint);
}

INSTANTIATE_TEST_SUITE_P(Levels, Networks,
                         testing::Combine(testing::Values(isa::Level::Rv32imc, isa::Level::XpulpV2,
                                                          isa::Level::XpulpNN, isa::Level::Mixed,
                                                          isa::Level::FlexV),
                                          testing::Values(1U, 2U, 4U, 8U)),
                         [](const auto& info) {
                           return std::string(isa::name(std::get<0>(info.param))) + "_" +
                                  std::to_string(std::get<1>(info.param));
                         });

}  // namespace
}  // namespace freebits::profiler
