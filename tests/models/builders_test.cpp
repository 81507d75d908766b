// SPDX-License-Identifier: Apache-2.0
#include "models/builders/builders.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

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

TEST(Builders, MultiplyAsOftenAsPublished) {
  const auto millions = [](const char* spec) {
    return static_cast<double>(macs(build_network(spec))) / 1e6;
  };
  EXPECT_NEAR(millions("mobilenet_v1:width=0.25,resolution=32,classes=10"), 3.33, 0.01);
  EXPECT_NEAR(millions("mobilenet_v1:width=0.75,resolution=224"), 325, 1);
  EXPECT_NEAR(millions("mobilenet_v1:width=1,resolution=224"), 569, 1);
  EXPECT_NEAR(millions("mobilenet_v2:width=1,resolution=224"), 301, 1);
  EXPECT_NEAR(millions("mobilenet_v2:width=1,resolution=32,classes=10"), 88, 1);
  EXPECT_NEAR(millions("resnet8"), 12.5, 0.1);
  EXPECT_NEAR(millions("ds_cnn"), 2.66, 0.1);
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
