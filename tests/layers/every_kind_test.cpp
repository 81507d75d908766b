// SPDX-License-Identifier: Apache-2.0
// What holds for every kind of layer that freebits/layer_kinds.h lists.
#include <gtest/gtest.h>

#include <set>

#include "deploy/kernels/kernel.hpp"
#include "models/graph/kinds/layer_rules.hpp"
#include "models/graph/kinds/op_functions.hpp"
#include "models/graph/network_graph.hpp"
#include "models/quantize/quantize.hpp"
#include "profiler/layer/kernel_bench.hpp"

namespace freebits {
namespace {

using models::LayerKind;

constexpr models::Shape kInput = {5, 4, 3};

/// A convolution that makes two tensors from the input, then a layer of the kind.
models::Graph with(LayerKind kind) {
  models::Graph graph{.name = "one", .input = kInput, .layers = {}};
  const auto add = [&](const char* name, LayerKind of, unsigned channels) -> models::Layer& {
    models::Layer layer{.name = name, .kind = of, .inputs = {}};
    layer.inputs.assign(models::inputs_of(of), graph.output());
    if (models::rules(of).makes_channels) layer.out_channels = channels;
    return graph.layers.emplace_back(layer);
  };
  add("first", LayerKind::Conv, 6).activation = models::Activation::Relu;
  if (kind == LayerKind::FullyConnected) add("one_pixel", LayerKind::AveragePool, 0);
  models::Layer& layer = add("second", kind, 7);
  const unsigned side = models::rules(kind).usual_kernel;
  layer.kernel_height = layer.kernel_width = side;
  if (models::inputs_of(kind) == 2) layer.inputs[0] = graph.output() - 1;
  add("end", LayerKind::AveragePool, 0);
  return graph;
}

class EveryKind : public testing::TestWithParam<LayerKind> {};
INSTANTIATE_TEST_SUITE_P(Kinds, EveryKind, testing::ValuesIn([] {
                           std::vector<LayerKind> all;
                           for (std::size_t i = 0; i < models::kLayerKinds; ++i)
                             all.push_back(static_cast<LayerKind>(i));
                           return all;
                         }()),
                         [](const auto& info) { return std::string(name(info.param)); });

TEST_P(EveryKind, IsTheSameInGraphsAndIntegers) {
  const models::Graph graph = with(GetParam());
  for (const unsigned bits : models::kBitWidths) {
    const models::BitWidths widths = models::uniform(graph, bits);
    const models::IntegerNetwork network = models::random_network(graph, widths, 1);
    check(network);
    const models::GraphAndWidths again = models::graph_of(network);
    const std::vector<models::Shape> shapes = models::shapes(graph);
    const std::vector<models::Tensor> tensors = models::empty_tensors(network);
    for (std::size_t i = 0; i < graph.layers.size(); ++i) {
      EXPECT_EQ(again.graph.layers[i].kind, graph.layers[i].kind);
      EXPECT_EQ(kind_of(network.layers[i].op), kernel_of(graph.layers[i].kind));
      EXPECT_EQ(tensors[i + 1].shape, shapes[i + 1]);
      EXPECT_EQ(has_weights(graph.layers[i].kind),
                models::kernel(kind_of(network.layers[i].op)).traits.has_weights);
    }
    EXPECT_EQ(models::shapes(again.graph), shapes);
    EXPECT_EQ(again.widths, widths);
  }
}

TEST_P(EveryKind, KeepsItsNumbersInAFile) {
  const models::Graph graph = with(GetParam());
  const models::IntegerNetwork network =
      models::random_network(graph, models::uniform(graph, 4), 1);
  for (const models::IntegerLayer& layer : network.layers) {
    const Json written = std::visit([](const auto& op) { return to_json(op); }, layer.op);
    EXPECT_EQ(written.at("kind"), name(kind_of(layer.op)));
    models::IntegerOp read = layer.op;
    std::visit(
        [&](auto& op) {
          op = {};
          Json rest = written;
          rest.erase("kind");
          Fields fields(rest, "file");
          take(fields, op);
          fields.finish();
          EXPECT_EQ(to_json(op), written);
        },
        read);
  }
}

TEST(PrecisionRoots, FollowEveryKindThatKeepsPrecision) {
  for (std::size_t i = 0; i < models::kLayerKinds; ++i) {
    const auto kind = static_cast<LayerKind>(i);
    const models::Graph graph = with(kind);
    const std::vector<models::TensorId> roots = precision_roots(graph);
    ASSERT_EQ(roots.size(), graph.layers.size() + 1);
    for (models::TensorId t = 1; t < roots.size(); ++t) {
      const models::Layer& layer = graph.layers[t - 1];
      EXPECT_EQ(roots[t], keeps_precision(layer.kind) ? roots[layer.inputs[0]] : t);
    }
  }
}

/// Small and odd, for each kernel that can be measured.
std::vector<profiler::KernelShape> small_shapes() {
  std::vector<profiler::KernelShape> shapes;
  for (profiler::KernelShape shape : profiler::standard_shapes()) {
    const bool pixel = shape.in.height == 1;
    shape.in = {pixel ? 1U : 5U, pixel ? 1U : 4U, 9};
    shape.out_channels = 9;
    shapes.push_back(shape);
  }
  return shapes;
}

TEST(EveryKernel, EqualsTheIntegerModelOnEveryLevel) {
  const std::vector levels = {isa::Level::Rv32imc, isa::Level::XpulpV2, isa::Level::XpulpNN,
                              isa::Level::Mixed, isa::Level::FlexV};
  std::set<std::string> measured;
  const auto done = [&](const profiler::KernelResult& r) {
    EXPECT_TRUE(r.bit_exact) << r.what.shape.kernel << ' ' << isa::name(r.what.level) << ' '
                             << name(r.what.in) << ' ' << name(r.what.weights);
    EXPECT_GT(r.macs, 0U) << r.what.shape.kernel;
    measured.insert(r.what.shape.kernel);
    return true;
  };
  measure_kernels(tb::load_target("flexv"), standard_cases(small_shapes(), levels), 2, done);
  EXPECT_GE(measured.size(), models::kLayerKinds);
  EXPECT_EQ(measured.size(), profiler::kernel_names().size());
}

}  // namespace
}  // namespace freebits
