// SPDX-License-Identifier: Apache-2.0
// Every kernel at every level equals the integer model in every bit, on random shapes and types and
// on 1 to 8 cores, and writes nothing but its output.
#include <gtest/gtest.h>

#include <map>
#include <tuple>

#include "../models/random_layers.hpp"
#include "profiler/layer/layer_runner.hpp"

namespace freebits::profiler {
namespace {

using models::IntType;

constexpr std::array kLevels = {isa::Level::Rv32imc, isa::Level::XpulpV2, isa::Level::XpulpNN,
                                isa::Level::Mixed, isa::Level::FlexV};

tb::Target target(isa::Level level, unsigned cores) {
  tb::Target t = tb::load_target("flexv");
  t.level = level;
  t.geometry.cores = cores;
  t.geometry.banks = 2 * cores;
  return t;
}

class Kernels : public testing::TestWithParam<std::tuple<isa::Level, unsigned>> {
 protected:
  LayerRunner runner{target(std::get<0>(GetParam()), std::get<1>(GetParam()))};
  std::uint64_t seed() const {
    return 100 * static_cast<unsigned>(std::get<0>(GetParam())) + std::get<1>(GetParam());
  }
};

std::string kernel_text(const models::Conv& l) {
  return ", kernel " + std::to_string(l.kernel_height) + "x" + std::to_string(l.kernel_width);
}
std::string kernel_text(const models::Depthwise& l) {
  return ", kernel " + std::to_string(l.kernel);
}

template <class Layer>
void compare(LayerRunner& runner, const Layer& layer, const models::Tensor& in) {
  const models::Tensor expected = models::run(layer, in);
  const LayerRun run = runner.run(layer, in);
  ASSERT_EQ(run.output.values, expected.values)
      << name(in.type) << ' ' << name(layer.weight_type) << ' ' << name(layer.out_type) << ", "
      << in.shape.height << 'x' << in.shape.width << 'x' << in.shape.channels << kernel_text(layer)
      << ", stride " << layer.stride << ", padding " << layer.padding.top << ' '
      << layer.padding.left << ' ' << layer.padding.bottom << ' ' << layer.padding.right << ", to "
      << expected.shape.channels;
}

/// Small enough for the RTL, odd, and now and then with many channels.
models::Shape shape(test::RandomLayers& random) {
  const unsigned channels = random.below(8) == 0 ? random.between(65, 256) : random.between(1, 40);
  const unsigned side = channels > 64 ? 3 : 9;
  return {random.between(1, side), random.between(1, side + 5), channels};
}

TEST_P(Kernels, ConvEqualsTheModel) {
  test::RandomLayers random(seed());
  for (int i = 0; i < 60; ++i) {
    const models::Shape in = shape(random);
    const IntType type = random.activation();
    // Three rows of many channels would not fit beside eight cores' scratch memory.
    const unsigned kernel = in.channels > 96 || random.below(2) == 0 ? 1 : 3;
    compare(runner, random.conv(in, type, kernel, random.between(1, random.below(4) == 0 ? 40 : 9)),
            random.tensor(in, type));
    if (HasFatalFailure()) return;
  }
}

TEST_P(Kernels, DepthwiseEqualsTheModel) {
  test::RandomLayers random(seed());
  for (int i = 0; i < 60; ++i) {
    const models::Shape in = shape(random);
    const IntType type = random.activation();
    compare(runner, random.depthwise(in, type), random.tensor(in, type));
    if (HasFatalFailure()) return;
  }
}

/// Channels of any scale: limited, flat and steep ones beside ordinary ones. 8-bit types, which
/// have the largest accumulators and the most steps. How many are limited.
template <class Layer>
std::size_t make_extreme(test::RandomLayers& random, Layer& layer, unsigned channels) {
  layer.weight_type = IntType::S8;
  layer.out_type = random.below(2) == 0 ? IntType::U8 : IntType::S8;
  random.fill_weights(layer, layer.weights.size());
  std::vector<models::RealChannel> real;
  for (unsigned c = 0; c < channels; ++c) {
    const std::int64_t bound = accumulator_bound(layer, IntType::U8, c);
    const double scale = random.below(6) == 0 ? 0 : std::pow(10, random.real(-4, 6));
    const double at = static_cast<double>(bound) * random.real(-1, 1) / 8;
    real.push_back({.scale = scale,
                    .bias = random.real(-100, 200) - at * scale,
                    .bound = bound,
                    .center = at});
  }
  auto result =
      models::limited_requantization(real, lowest(layer.out_type), highest(layer.out_type));
  layer.requantization = std::move(result.requantization);
  return result.limited.size();
}

TEST_P(Kernels, EqualTheModelWhateverTheScales) {
  test::RandomLayers random(seed());
  std::size_t limited = 0;
  for (int i = 0; i < 20; ++i) {
    const models::Shape in = shape(random);
    const unsigned kernel = in.channels <= 96 && random.below(3) != 0 ? 3 : 1;
    models::Conv conv = random.conv(in, IntType::U8, kernel, random.between(1, 9));
    limited += make_extreme(random, conv, conv.out_channels);
    compare(runner, conv, random.tensor(in, IntType::U8));
    models::Depthwise depthwise = random.depthwise(in, IntType::U8);
    limited += make_extreme(random, depthwise, depthwise.channels);
    compare(runner, depthwise, random.tensor(in, IntType::U8));
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(limited, 50U);
}

TEST_P(Kernels, ComputeEveryWindowThatIsAccepted) {
  test::RandomLayers random(seed() + 7);
  for (int i = 0; i < 40; ++i) {
    const models::Shape in = {random.between(1, 12), random.between(1, 12), random.between(1, 20)};
    const IntType type = random.activation();
    const models::Tensor tensor = random.tensor(in, type);
    compare(runner, random.any_conv(in, type, random.between(1, 9)), tensor);
    compare(runner, random.any_depthwise(in, type), tensor);
    if (HasFatalFailure()) return;
    const models::MaxPool most = random.any_max_pool(in, type);
    ASSERT_EQ(runner.run(most, tensor).output.values, models::run(most, tensor).values)
        << name(type) << ' ' << in.height << 'x' << in.width << 'x' << in.channels << ", kernel "
        << most.kernel << " stride " << most.stride << " padding " << most.padding.top << ' '
        << most.padding.left << ' ' << most.padding.bottom << ' ' << most.padding.right;
  }
}

TEST_P(Kernels, AddEqualsTheModel) {
  test::RandomLayers random(seed());
  for (int i = 0; i < 40; ++i) {
    const models::Shape in = shape(random);
    const models::Tensor a = random.tensor(in, random.activation());
    const models::Tensor b = random.tensor(in, random.activation());
    const models::Add layer = random.add();
    ASSERT_EQ(runner.run(layer, a, b).output.values, models::run(layer, a, b).values)
        << name(a.type) << ' ' << name(b.type) << ' ' << name(layer.out_type) << ' ' << in.channels;
  }
}

TEST_P(Kernels, PoolsEqualTheModel) {
  test::RandomLayers random(seed());
  for (int i = 0; i < 40; ++i) {
    const models::Shape in = shape(random);
    const models::Tensor tensor = random.tensor(in, random.activation());
    const models::AveragePool average = random.average_pool(in, tensor.type);
    ASSERT_EQ(runner.run(average, tensor).output.values, models::run(average, tensor).values)
        << name(tensor.type) << ' ' << name(average.out_type) << ' ' << in.height << 'x' << in.width
        << 'x' << in.channels;
    const models::MaxPool most = random.max_pool(in, tensor.type);
    ASSERT_EQ(runner.run(most, tensor).output.values, models::run(most, tensor).values)
        << name(tensor.type) << ' ' << name(output_type(most, tensor.type)) << ' ' << in.height
        << 'x' << in.width << 'x' << in.channels << ", kernel " << most.kernel << " stride "
        << most.stride;
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, Kernels,
                         testing::Combine(testing::ValuesIn(kLevels),
                                          testing::Values(1U, 2U, 4U, 8U)),
                         [](const auto& info) {
                           return std::string(isa::name(std::get<0>(info.param))) + "_" +
                                  std::to_string(std::get<1>(info.param));
                         });

/// Every combination of types, at every level, on 8 cores: none is left to chance.
class AllTypes : public testing::TestWithParam<isa::Level> {};
INSTANTIATE_TEST_SUITE_P(Levels, AllTypes, testing::ValuesIn(kLevels),
                         [](const auto& info) { return std::string(isa::name(info.param)); });

TEST_P(AllTypes, EqualTheModel) {
  LayerRunner runner(target(GetParam(), 8));
  test::RandomLayers random(42);
  for (const IntType in : models::kIntTypes) {
    for (const IntType out : models::kIntTypes) {
      const models::Shape small = {3, 6, random.between(1, 21)};
      for (unsigned w = 3; w < 6; ++w) {
        models::Depthwise depthwise = random.depthwise(small, in);
        depthwise.weight_type = models::kIntTypes[w];
        depthwise.out_type = out;
        random.fill_weights(depthwise, depthwise.weights.size());
        random.fill_requantization(depthwise, in, depthwise.channels);
        compare(runner, depthwise, random.tensor(small, in));
        if (HasFatalFailure()) return;
      }
      models::AveragePool pool = random.average_pool(small, in);
      const models::Tensor tensor = random.tensor(small, in);
      ASSERT_EQ(runner.run(pool, tensor).output.values, models::run(pool, tensor).values);
      models::MaxPool most = random.max_pool(small, in);
      random.fill_requantization(most, in, out);
      ASSERT_EQ(runner.run(most, tensor).output.values, models::run(most, tensor).values)
          << name(in) << ' ' << name(out);
      for (const IntType second : models::kIntTypes) {
        models::Add add = random.add();
        add.out_type = out;
        const models::Tensor b = random.tensor(small, second);
        ASSERT_EQ(runner.run(add, tensor, b).output.values, models::run(add, tensor, b).values)
            << name(in) << ' ' << name(second) << ' ' << name(out);
      }
      for (unsigned w = 3; w < 6; ++w) {
        models::Conv conv = random.conv(small, in, 3, random.between(1, 9));
        conv.weight_type = models::kIntTypes[w];
        conv.out_type = out;
        random.fill_weights(conv, conv.weights.size());
        random.fill_requantization(conv, in, conv.out_channels);
        compare(runner, conv, random.tensor(small, in));
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(LayerRunner, IsExactAndRepeats) {
  LayerRunner runner(target(isa::Level::FlexV, 8));
  test::RandomLayers random(1);
  const models::Shape in = {8, 8, 32};
  const models::Conv layer = random.conv(in, IntType::U8, 3, 16);
  const models::Tensor tensor = random.tensor(in, IntType::U8);
  const LayerRun first = runner.run(layer, tensor, 2), second = runner.run(layer, tensor, 2);
  EXPECT_EQ(first.cycles, second.cycles);
  EXPECT_EQ(first.output.values, second.output.values);
  EXPECT_GT(first.cores[7].instructions, 0U);
}

TEST(LayerRunner, SaysWhatDoesNotFit) {
  LayerRunner runner(target(isa::Level::FlexV, 8));
  test::RandomLayers random(1);
  const models::Shape in = {64, 64, 64};
  const models::Conv layer = random.conv(in, IntType::U8, 1, 4);
  try {
    (void)runner.run(layer, models::Tensor(in, IntType::U8));
    FAIL();
  } catch (const std::exception& error) {
    EXPECT_NE(std::string(error.what()).find("input of 262144 bytes: L1 has"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace freebits::profiler
