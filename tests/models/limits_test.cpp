// SPDX-License-Identifier: Apache-2.0
// What no kernel computes is refused where it enters, and named.
#include "models/graph/limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "models/graph/integer_network.hpp"
#include "random_layers.hpp"

namespace freebits::models {
namespace {

using testing::HasSubstr;

Graph with(const Layer& layer, Shape input = {16, 16, 8}) {
  return {.name = "mine", .input = input, .layers = {layer}};
}
Layer depthwise(unsigned height, unsigned width, unsigned stride) {
  Layer l{.name = "columns", .kind = LayerKind::Depthwise, .inputs = {0}};
  l.kernel_height = height;
  l.kernel_width = width;
  l.stride = stride;
  return l;
}

std::string refusal(const Graph& graph) {
  try {
    (void)shapes(graph);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(Limits, GraphsHaveDepthwiseKernelsOfThreeByThreeOnly) {
  EXPECT_EQ(refusal(with(depthwise(3, 3, 1))), "");
  EXPECT_EQ(refusal(with(depthwise(3, 3, 2))), "");
  for (const auto& [height, width, stride] : {std::tuple(5U, 5U, 1U),
                                              {7U, 7U, 1U},
                                              {1U, 1U, 1U},
                                              {3U, 1U, 1U},
                                              {3U, 3U, 3U},
                                              {3U, 3U, 4U}}) {
    const std::string said = refusal(with(depthwise(height, width, stride)));
    EXPECT_THAT(said, HasSubstr("mine: layer columns (depthwise)")) << height;
    EXPECT_THAT(said, HasSubstr("expected 3x3 with stride 1 or 2")) << height;
  }
}

TEST(Limits, GraphsHaveSquareMaxPools) {
  Layer pool{.name = "most", .kind = LayerKind::MaxPool, .inputs = {0}};
  pool.kernel_height = pool.kernel_width = 2;
  EXPECT_EQ(refusal(with(pool)), "");
  pool.kernel_width = 3;
  EXPECT_THAT(refusal(with(pool)), HasSubstr("layer most (max_pool): a kernel of 2x3"));
}

TEST(Limits, GraphsHaveSidesThatAKernelCanCount) {
  Layer conv{.name = "wide", .kind = LayerKind::Conv, .inputs = {0}, .out_channels = 4};
  EXPECT_EQ(refusal(with(conv, {1, 65'535, 1})), "");
  EXPECT_THAT(refusal(with(conv, {1, 65'536, 1})), HasSubstr("expected a height, width and"));
  conv.out_channels = 70'000;
  EXPECT_THAT(refusal(with(conv)), HasSubstr("layer wide (conv): a tensor of 16x16x70000"));
  conv.out_channels = 4;
  conv.kernel_width = 256;
  EXPECT_THAT(refusal(with(conv, {1, 300, 1})), HasSubstr("expected sides and stride of 1 to 255"));
}

TEST(Limits, GraphsHaveSumsThatFitWhateverIsTrained) {
  Layer conv{.name = "wide", .kind = LayerKind::Conv, .inputs = {0}, .out_channels = 4};
  conv.kernel_height = conv.kernel_width = 3;
  EXPECT_EQ(refusal(with(conv, {3, 3, 7310})), "");
  EXPECT_THAT(refusal(with(conv, {3, 3, 7311})),
              HasSubstr("layer wide (conv): sums of 65799 products, expected at most 65793"));
  static_assert(std::int64_t{kMostProducts} * 255 * 128 < std::int64_t{1} << 31);
  static_assert(std::int64_t{kMostProducts + 1} * 255 * 128 >= std::int64_t{1} << 31);
}

TEST(Limits, IntegerNetworksHaveTheSame) {
  test::RandomLayers random(1);
  for (const auto& [kernel, stride] : {std::pair(5U, 1U), {7U, 1U}, {1U, 1U}, {3U, 3U}}) {
    Depthwise op = random.depthwise({16, 16, 8}, IntType::U8);
    op.kernel = kernel;
    op.stride = stride;
    op.padding = {};
    op.weights.assign(std::size_t{8} * kernel * kernel, 1);
    const IntegerNetwork network{.name = "mine",
                                 .input = {16, 16, 8},
                                 .input_type = IntType::U8,
                                 .layers = {{"columns", {0}, op}}};
    try {
      check(network);
      FAIL() << kernel << ' ' << stride;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("layer columns"));
      EXPECT_THAT(error.what(), HasSubstr("expected 3x3 with stride 1 or 2"));
    }
  }
}

}  // namespace
}  // namespace freebits::models
