// SPDX-License-Identifier: Apache-2.0
#include "models/builders/builders.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "models/builders/family.hpp"

namespace freebits::models {
namespace {

std::string error_of(const std::string& spec) {
  try {
    (void)shapes(build_network(spec));
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// Every network that is registered, by the figures of its own file.
class Family : public testing::TestWithParam<const NetworkFamily*> {};

std::string spec_of(const NetworkFamily& family, std::string_view keys) {
  return std::string(family.name) + (keys.empty() ? "" : ":" + std::string(keys));
}

TEST_P(Family, MultipliesAsOftenAsPublished) {
  const NetworkFamily& family = *GetParam();
  ASSERT_FALSE(family.published.empty()) << "expected a published number to compare with";
  for (const PublishedMacs& published : family.published) {
    const Graph graph = build_network(spec_of(family, published.keys));
    EXPECT_NEAR(static_cast<double>(macs(graph)) / 1e6, published.millions, published.tolerance)
        << graph.name;
  }
}

TEST_P(Family, IsBuiltAgainByTheNameOfItsGraph) {
  const Graph graph = build_network(GetParam()->name);
  EXPECT_EQ(build_network(graph.name).name, graph.name);
  EXPECT_EQ(build_network(graph.name).layers.size(), graph.layers.size());
}

TEST_P(Family, TakesEveryKeyFromOneEndToTheOther) {
  const NetworkFamily& family = *GetParam();
  EXPECT_FALSE(family.description.empty());
  for (const NetworkKey& key : family.keys) {
    SCOPED_TRACE(key.name);
    const auto build = [&](double value) {
      (void)build_network(fmt::format("{}:{}={}", family.name, key.name, value));
    };
    EXPECT_NO_THROW(build(key.least));
    EXPECT_NO_THROW(build(key.most));
    const std::string beyond = fmt::format("{}:{}={}", family.name, key.name, key.most + 1);
    EXPECT_NE(error_of(beyond).find(fmt::format("expected {} to {}", key.least, key.most)),
              std::string::npos)
        << error_of(beyond);
  }
}

INSTANTIATE_TEST_SUITE_P(All, Family, testing::ValuesIn(network_families()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST(Builders, AreNamedWithTheirKeys) {
  const std::string first =
      "mobilenet_v1, mobilenet_v2, resnet8 (keys width, resolution, channels, classes), "
      "ds_cnn (keys height, width, channels, classes)";
  EXPECT_EQ(network_specs().substr(0, first.size()), first);
}

TEST(Builders, MobileNetV1HasTwentyEightLayersWithWeights) {
  const Graph graph = build_network("mobilenet_v1:width=0.75");
  std::size_t weighted = 0;
  for (const Layer& layer : graph.layers) weighted += has_weights(layer.kind) ? 1 : 0;
  EXPECT_EQ(weighted, 28U);
  EXPECT_EQ(shapes(graph).back(), (Shape{1, 1, 1000}));
}

TEST(Builders, SmallInputsKeepTheirResolutionLonger) {
  const auto last_map = [](const char* spec) {
    const Graph graph = build_network(spec);
    return shapes(graph)[graph.layers.size() - 2];
  };
  EXPECT_EQ(last_map("mobilenet_v1:resolution=32").height, 2U);
  EXPECT_EQ(last_map("mobilenet_v2:resolution=32").height, 4U);
  EXPECT_EQ(last_map("mobilenet_v1:resolution=96").height, 3U);
}

TEST(Builders, LinearBottlenecksAreSignedAndReluIsNot) {
  const Graph graph = build_network("mobilenet_v2:width=0.35,resolution=96");
  const std::vector<bool> is_signed = signed_tensors(graph);
  for (std::size_t i = 0; i < graph.layers.size(); ++i) {
    const std::string& name = graph.layers[i].name;
    const bool linear = name.ends_with("project") || name.ends_with("add") || name == "classifier";
    EXPECT_EQ(is_signed[i + 1], linear) << name;
  }
}

TEST(Builders, TakeShapeAndClassesOfTheDataSet) {
  const Graph graph = build_network("mobilenet_v1:width=0.25", {32, 32, 1}, 10);
  EXPECT_EQ(graph.input, (Shape{32, 32, 1}));
  EXPECT_EQ(shapes(graph).back().channels, 10U);
  EXPECT_THROW((void)build_network("mobilenet_v1:classes=11", {32, 32, 1}, 10), Error);
}

TEST(Builders, NameWhatIsWrongInASpecification) {
  EXPECT_NE(error_of("mobilenet_v3").find("no network 'mobilenet_v3'; one of mobilenet_v1"),
            std::string::npos);
  EXPECT_NE(error_of("mobilenet_v1:with=1").find("no key 'with'; one of width"), std::string::npos);
  EXPECT_NE(error_of("mobilenet_v1:width=zero").find("width=zero: expected 0.1 to 4"),
            std::string::npos);
  EXPECT_NE(error_of("mobilenet_v1:width").find("'width': expected KEY=VALUE"), std::string::npos);
  EXPECT_NE(error_of("resnet8:width=1,width=1").find("'width' stands twice"), std::string::npos);
}

TEST(GraphShapes, NameTheLayerThatDoesNotFit) {
  Graph graph = build_network("resnet8");
  graph.layers[3].inputs[1] = 0;
  EXPECT_THROW((void)shapes(graph), Error);
  try {
    (void)shapes(graph);
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("layer block1.add (add)"), std::string::npos);
  }
}

TEST(BuildNetwork, ADataSetsOwnSizesAreHeldToTheLimitsOfKeys) {
  const auto error = [](Shape image, unsigned classes) -> std::string {
    try {
      (void)build_network("mobilenet_v1", image, classes);
    } catch (const Error& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_EQ(error({32, 32, 3}, 2), "");
  EXPECT_EQ(error({32, 32, 3}, 1), "network 'mobilenet_v1': classes=1: expected 2 to 100000");
  EXPECT_EQ(error({8, 8, 3}, 2), "network 'mobilenet_v1': resolution=8: expected 16 to 1024");
}

}  // namespace
}  // namespace freebits::models
