// SPDX-License-Identifier: Apache-2.0
#include "models/graph/bit_widths.hpp"

#include <gmock/gmock.h>

#include "base/error.hpp"
#include "errors.hpp"
#include "models/builders/builders.hpp"
#include "random_graphs.hpp"

namespace freebits::models {
namespace {

using test::error_of;
using testing::HasSubstr;

Graph small() { return build_network("resnet8:resolution=16"); }

/// stem, max pool, average pool, classifier.
Graph pooled() {
  return {
      .name = "pooled",
      .input = {8, 8, 3},
      .layers = {{.name = "stem", .inputs = {0}, .out_channels = 4, .activation = Activation::Relu},
                 {.name = "max",
                  .kind = LayerKind::MaxPool,
                  .inputs = {1},
                  .kernel_height = 2,
                  .kernel_width = 2,
                  .stride = 2},
                 {.name = "mean", .kind = LayerKind::AveragePool, .inputs = {2}},
                 {.name = "classifier",
                  .kind = LayerKind::FullyConnected,
                  .inputs = {3},
                  .out_channels = 5}}};
}

TEST(BitWidths, UniformLeavesInputAndOutputAtEightBits) {
  const Graph graph = pooled();
  const BitWidths widths = uniform(graph, 4);
  EXPECT_EQ(widths.weights, (std::vector<unsigned>{4, 0, 0, 4}));
  EXPECT_EQ(widths.activations, (std::vector<unsigned>{8, 4, 4, 4, 8}));
  check(graph, widths);
  EXPECT_THAT(error_of([&] { (void)uniform(graph, 3); }), HasSubstr("3, expected 8, 4 or 2"));
}

TEST(BitWidths, UniformCarriesEightBitsThroughMaxPools) {
  Graph graph = pooled();
  graph.layers.resize(2);
  EXPECT_EQ(uniform(graph, 2).activations, (std::vector<unsigned>{8, 8, 8}));
  graph.layers[1].inputs = {0};  // of the input: the stem is not concerned
  EXPECT_EQ(uniform(graph, 2).activations, (std::vector<unsigned>{8, 2, 8}));
}

TEST(BitWidths, TypesAreSignedWhereNothingClipsAtZero) {
  const Graph graph = small();
  const std::vector<IntType> types = tensor_types(graph, uniform(graph, 4));
  EXPECT_EQ(types.front(), IntType::U8);
  EXPECT_EQ(types.back(), IntType::S8);
  for (std::size_t i = 0; i + 1 < graph.layers.size(); ++i) {
    const std::string& name = graph.layers[i].name;
    const bool linear = name.ends_with("conv2") || name.ends_with("shortcut");
    EXPECT_EQ(types[i + 1], linear ? IntType::S4 : IntType::U4) << name;
  }
}

TEST(BitWidths, CheckNamesWhatIsWrong) {
  const Graph graph = pooled();
  const auto complaint = [&](auto change) {
    BitWidths widths = uniform(graph, 8);
    change(widths);
    return error_of([&] { check(graph, widths); });
  };
  EXPECT_EQ(complaint([](BitWidths& w) { w.weights[0] = 3; }),
            "weights: stem: 3, expected 8, 4 or 2");
  EXPECT_EQ(complaint([](BitWidths& w) { w.weights[2] = 8; }),
            "weights: mean: 8, expected 0: average_pool has no weights");
  EXPECT_EQ(complaint([](BitWidths& w) { w.activations[0] = 0; }),
            "activations: input: 0, expected 8, 4 or 2");
  EXPECT_EQ(complaint([](BitWidths& w) { w.activations[3] = 16; }),
            "activations: mean: 16, expected 8, 4 or 2");
  EXPECT_EQ(complaint([](BitWidths& w) { w.activations[1] = 4; }),
            "activations: max: 8, expected 4 as its input stem: max pool keeps the width");
  EXPECT_EQ(complaint([](BitWidths& w) { w.weights.pop_back(); }),
            "weights: widths: 3, expected 4");
  EXPECT_EQ(complaint([](BitWidths& w) { w.activations.push_back(8); }),
            "activations: widths: 6, expected 5");
}

TEST(BitsFile, ComesBackForRandomGraphs) {
  const test::TemporaryFolder folder;
  const auto file = folder / "bits.json";
  test::RandomGraphs random(1);
  for (int i = 0; i < 100; ++i) {
    const Graph graph = random.graph();
    const BitWidths widths = random.widths(graph);
    write_bit_widths(file, graph, widths);
    ASSERT_EQ(read_bit_widths(file, graph), widths);
  }
  EXPECT_EQ(folder.files(), 1U) << "a temporary file was left";
}

TEST(BitsFile, IsReadable) {
  const test::TemporaryFolder folder;
  write_bit_widths(folder / "bits.json", pooled(), uniform(pooled(), 4));
  EXPECT_EQ(test::read(folder / "bits.json"), R"({
  "schema": {
    "name": "freebits.bits",
    "version": 1
  },
  "network": "pooled",
  "weights": {
    "stem": 4,
    "classifier": 4
  },
  "activations": {
    "input": 8,
    "stem": 4,
    "max": 4,
    "mean": 4,
    "classifier": 8
  }
}
)");
}

/// What reading complains of when `from` stands as `to` in the file of pooled().
std::string complaint(const std::string& from, const std::string& to) {
  const test::TemporaryFolder folder;
  const auto file = folder / "bits.json";
  write_bit_widths(file, pooled(), uniform(pooled(), 4));
  std::string text = test::read(file);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  test::write(file, text.replace(at, from.size(), to));
  std::string error = error_of([&] { (void)read_bit_widths(file, pooled()); });
  const std::string prefix = file.string() + ": ";
  EXPECT_TRUE(error.starts_with(prefix)) << error;
  return error.substr(std::min(error.size(), prefix.size()));
}

TEST(BitsFile, ErrorsNameTheKeyAndWhatWouldBeRight) {
  EXPECT_EQ(complaint(R"("stem": 4)", R"("stem": 3)"), "weights: stem: 3, expected 8, 4 or 2");
  EXPECT_EQ(complaint(R"("mean": 4)", R"("mean": "4")"),
            "activations: mean: \"4\", expected 8, 4 or 2");
  EXPECT_EQ(complaint(R"("mean": 4)", R"("mean": 4.0)"),
            "activations: mean: 4.0, expected 8, 4 or 2");
  EXPECT_EQ(complaint(R"("mean": 4)", R"("mean": 18446744073709551612)"),
            "activations: mean: 18446744073709551612, expected 8, 4 or 2");
  EXPECT_EQ(complaint(R"("classifier": 4)", R"("clasifier": 4)"),
            "weights: unknown key \"clasifier\"; the nearest is \"classifier\"");
  EXPECT_EQ(complaint(R"("stem": 4,)", R"("stem": 4, "max": 4,)"),
            "weights: max: has none (max_pool), expected layers with weights only");
  EXPECT_EQ(complaint(R"("stem": 4,)", ""), "weights: stem: missing, expected 8, 4 or 2");
  EXPECT_EQ(complaint(R"("input": 8,
    "stem": 4,
    "max": 4,
    "mean": 4,)",
                      ""),
            "activations: input, stem, max and 1 more: missing, expected 8, 4 or 2");
  EXPECT_EQ(complaint(R"("max": 4)", R"("max": 8)"),
            "activations: max: 8, expected 4 as its input stem: max pool keeps the width");
  EXPECT_EQ(complaint(R"("stem": 4,)", R"("stem": 4, "stem": 8,)"),
            "key \"stem\" stands twice, expected once");
}

TEST(BitsFile, ErrorsOfTheDocument) {
  EXPECT_EQ(complaint("freebits.bits", "freebits.run"),
            "schema: name: \"freebits.run\", expected \"freebits.bits\"");
  EXPECT_EQ(complaint(R"("version": 1)", R"("version": 2)"),
            "schema: version: 2, expected 1, the one this program reads");
  EXPECT_EQ(complaint(R"("network": "pooled")", R"("network": "resnet8")"),
            "network: \"resnet8\", expected \"pooled\"");
  EXPECT_EQ(complaint("activations", "activation"),
            "key \"activations\" is missing; the nearest is \"activation\"");
  EXPECT_EQ(complaint(R"("network")", R"("networks": 1, "network")"),
            "unknown key \"networks\"; the nearest is \"network\"");
  EXPECT_EQ(complaint(R"("network": "pooled")", R"("network": 1)"), "network: 1, expected a text");
  EXPECT_THAT(complaint(R"("version": 1)", R"("version": 1,)"), HasSubstr("not JSON"));
  const std::string list = complaint(R"({
    "stem": 4,
    "classifier": 4
  })",
                                     "[4, 4]");
  EXPECT_EQ(list, "weights: [4,4], expected an object");
}

TEST(BitsFile, NamesFilesThatCannotBe) {
  const test::TemporaryFolder folder;
  EXPECT_THAT(error_of([&] { (void)read_bit_widths(folder / "none.json", pooled()); }),
              HasSubstr("none.json: cannot be opened: No such file"));
  EXPECT_THAT(error_of([&] { (void)read_bit_widths(folder / ".", pooled()); }),
              HasSubstr("cannot be read: a folder, expected a file"));
  EXPECT_THAT(
      error_of([&] { write_bit_widths(folder / "no/bits.json", pooled(), uniform(pooled(), 8)); }),
      HasSubstr("no/bits.json: cannot be written: No such file"));
  EXPECT_THAT(error_of([&] { write_bit_widths("/dev/null", pooled(), uniform(pooled(), 8)); }),
              HasSubstr("/dev/null: cannot be written: not a regular file"));
  EXPECT_EQ(folder.files(), 0U);
}

TEST(BitsFile, StaysAsItWasWhenTheWidthsAreWrong) {
  const test::TemporaryFolder folder;
  const auto file = folder / "bits.json";
  write_bit_widths(file, pooled(), uniform(pooled(), 4));
  BitWidths bad = uniform(pooled(), 8);
  bad.weights[0] = 5;
  EXPECT_THROW(write_bit_widths(file, pooled(), bad), Error);
  EXPECT_EQ(read_bit_widths(file, pooled()), uniform(pooled(), 4));
}

TEST(GraphShapes, RefuseALayerCalledLikeTheInput) {
  Graph graph = pooled();
  graph.layers[0].name = "input";
  EXPECT_THAT(error_of([&] { (void)shapes(graph); }), HasSubstr("expected a name of its own"));
}

}  // namespace
}  // namespace freebits::models
