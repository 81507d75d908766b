// SPDX-License-Identifier: Apache-2.0
// Quantized networks against the real-valued layers they stand for, in double precision.
#include "models/quantize/quantize.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <set>

#include "errors.hpp"
#include "models/builders/builders.hpp"
#include "models/graph/network_graph.hpp"
#include "random_graphs.hpp"

namespace freebits::models {
namespace {

using test::error_of;
using testing::HasSubstr;

/// One layer of a graph on real numbers: the tensors before it in steps times scale.
struct RealLayer {
  const Layer& layer;
  const LayerParameters& own;
  const std::vector<Tensor>& tensors;
  const std::vector<double>& scale;

  [[nodiscard]] double in(std::size_t which, unsigned y, unsigned x, unsigned c) const {
    const TensorId id = layer.inputs[which];
    return tensors[id].at(y, x, c) * scale[id];
  }
  [[nodiscard]] Shape in_shape() const { return tensors[layer.inputs[0]].shape; }

  template <class Each>
  void window(unsigned y, unsigned x, const Each& each) const {
    for (unsigned ky = 0; ky < layer.kernel_height; ++ky) {
      for (unsigned kx = 0; kx < layer.kernel_width; ++kx) {
        const int iy =
            static_cast<int>(y * layer.stride + ky) - static_cast<int>(layer.padding.top);
        const int ix =
            static_cast<int>(x * layer.stride + kx) - static_cast<int>(layer.padding.left);
        if (iy < 0 || ix < 0 || iy >= static_cast<int>(in_shape().height) ||
            ix >= static_cast<int>(in_shape().width))
          continue;
        each(ky, kx, static_cast<unsigned>(iy), static_cast<unsigned>(ix));
      }
    }
  }

  [[nodiscard]] double weighted(unsigned y, unsigned x, unsigned o) const {
    const unsigned channels = in_shape().channels;
    const bool depthwise = layer.kind == LayerKind::Depthwise;
    double sum = 0;
    window(y, x, [&](unsigned ky, unsigned kx, unsigned iy, unsigned ix) {
      for (unsigned c = depthwise ? o : 0; c < (depthwise ? o + 1 : channels); ++c) {
        const std::size_t tap = std::size_t{o} * layer.kernel_height * layer.kernel_width +
                                ky * layer.kernel_width + kx;
        const std::size_t index = depthwise ? tap : tap * channels + c;
        sum += own.weights[index] * own.weight_scale[o] * in(0, iy, ix, c);
      }
    });
    return own.multiplier[o] * sum + own.offset[o];
  }

  [[nodiscard]] double operator()(unsigned y, unsigned x, unsigned c) const {
    switch (layer.kind) {
      case LayerKind::Add:
        return in(0, y, x, c) + in(1, y, x, c);
      case LayerKind::AveragePool: {
        double sum = 0;
        for (unsigned iy = 0; iy < in_shape().height; ++iy)
          for (unsigned ix = 0; ix < in_shape().width; ++ix) sum += in(0, iy, ix, c);
        return sum / (in_shape().height * in_shape().width);
      }
      case LayerKind::MaxPool: {
        double most = -INFINITY;
        window(y, x, [&](unsigned, unsigned, unsigned iy, unsigned ix) {
          most = std::max(most, in(0, iy, ix, c));
        });
        return most;
      }
      default:
        return weighted(y, x, c);
    }
  }
};

/// Counts values strictly within the range. `error`: of channels, in steps.
std::size_t compare(const Tensor& out, double scale, const RealLayer& real,
                    const std::map<std::size_t, double>& error = {}) {
  std::size_t inside = 0;
  for (unsigned y = 0; y < out.shape.height; ++y) {
    for (unsigned x = 0; x < out.shape.width; ++x) {
      for (unsigned c = 0; c < out.shape.channels; ++c) {
        const double steps = real(y, x, c) / scale;
        const double low = lowest(out.type), high = highest(out.type);
        const double want = std::clamp(steps, low, high);
        const auto limited = error.find(c);
        const double allowed = 0.5 + std::exp2(-14) * (1 + std::abs(want)) +
                               (limited == error.end() ? 0 : limited->second);
        EXPECT_LE(std::abs(out.at(y, x, c) - want), allowed)
            << real.layer.name << ' ' << y << ' ' << x << ' ' << c << ": " << steps;
        if (steps > low && steps < high) ++inside;
      }
    }
  }
  return inside;
}

TEST(MakeIntegerNetwork, IsTheRealNetworkRounded) {
  test::RandomGraphs random(2);
  std::size_t inside = 0;
  std::set<LayerKind> kinds;
  for (int i = 0; i < 150 && !testing::Test::HasFailure(); ++i) {
    const Graph graph = random.graph();
    const BitWidths widths = random.widths(graph);
    const NetworkParameters p = random.parameters(graph, widths);
    const IntegerNetwork network = make_integer_network(graph, widths, p);
    check(network);
    const std::vector<Tensor> tensors =
        run(network, random.random().tensor(graph.input, network.input_type));
    const std::vector<IntType> types = tensor_types(graph, widths);
    for (std::size_t l = 0; l < graph.layers.size(); ++l) {
      ASSERT_EQ(tensors[l + 1].type, types[l + 1]);
      kinds.insert(graph.layers[l].kind);
      inside += compare(tensors[l + 1], p.tensor_scale[l + 1],
                        {graph.layers[l], p.layers[l], tensors, p.tensor_scale});
    }
  }
  EXPECT_EQ(kinds.size(), 6U);
  EXPECT_GT(inside, 20'000U) << "clipped values say little";
}

/// Multipliers of either sign, 0 and tiny ones among them, from 1e-12 to 1e12 of what they were.
void make_extreme(NetworkParameters& p, test::RandomLayers& random) {
  for (LayerParameters& layer : p.layers) {
    for (std::size_t c = 0; c < layer.multiplier.size(); ++c) {
      const unsigned kind = random.below(6);
      const double factor = kind == 0   ? 0
                            : kind == 1 ? std::numeric_limits<float>::denorm_min()
                            : kind == 2 ? random.real(-1, 1)
                                        : std::pow(10, random.real(-12, 12));
      layer.multiplier[c] *= random.below(2) == 0 ? factor : -factor;
      // Some where the output lies between the ends.
      const double middle = random.below(2) == 0 ? 0 : random.real(-1, 1) * 500 * factor;
      layer.offset[c] += middle * layer.multiplier[c] * layer.weight_scale[c];
      layer.center.push_back(layer.offset[c]);
    }
  }
}

/// Errors by layer and channel, and for what doubles cannot tell apart where scales are huge: the
/// real layer above sums them up.
std::map<std::size_t, double> errors_of(const std::vector<LimitedLayer>& limited,
                                        const IntegerLayer& layer, const LayerParameters& own,
                                        double out_scale, double in_scale, IntType in) {
  std::map<std::size_t, double> errors;
  const auto found = std::ranges::find(limited, layer.name, &LimitedLayer::name);
  for (std::size_t c = 0; c < own.multiplier.size(); ++c) {
    const std::int64_t bound = std::holds_alternative<Conv>(layer.op)
                                   ? accumulator_bound(std::get<Conv>(layer.op), in, c)
                                   : accumulator_bound(std::get<Depthwise>(layer.op), in, c);
    errors[c] =
        1e-13 *
        (std::abs(own.multiplier[c]) * own.weight_scale[c] * in_scale * static_cast<double>(bound) +
         std::abs(own.offset[c])) /
        out_scale;
  }
  if (found == limited.end()) return errors;
  for (const LimitedChannel& channel : found->channels) errors[channel.channel] += channel.error;
  return errors;
}

TEST(MakeIntegerNetwork, IsTheRealNetworkUpToItsErrorsWhateverTheScales) {
  test::RandomGraphs random(7);
  std::size_t inside = 0, limited_channels = 0;
  for (int i = 0; i < 300 && !testing::Test::HasFailure(); ++i) {
    const Graph graph = random.graph();
    const BitWidths widths = random.widths(graph);
    NetworkParameters p = random.parameters(graph, widths);
    make_extreme(p, random.random());
    std::vector<LimitedLayer> limited;
    const IntegerNetwork network = make_integer_network(graph, widths, p, &limited);
    check(network);
    for (const LimitedLayer& layer : limited) limited_channels += layer.channels.size();
    const std::vector<Tensor> tensors =
        run(network, random.random().tensor(graph.input, network.input_type));
    const std::vector<IntType> types = tensor_types(graph, widths);
    for (std::size_t l = 0; l < graph.layers.size(); ++l) {
      const TensorId in = graph.layers[l].inputs[0];
      inside += compare(tensors[l + 1], p.tensor_scale[l + 1],
                        {graph.layers[l], p.layers[l], tensors, p.tensor_scale},
                        errors_of(limited, network.layers[l], p.layers[l], p.tensor_scale[l + 1],
                                  p.tensor_scale[in], types[in]));
    }
  }
  EXPECT_GT(limited_channels, 100U);
  EXPECT_GT(inside, 5'000U) << "clipped values say little";
}

/// A hundred steps of output a step of accumulator are more than there is room for beside a large
/// bound; training says that outputs lie around 128, which is at accumulator 1000.
TEST(MakeIntegerNetwork, IsRightWhereTrainingSawMostOutputs) {
  const Graph graph{.name = "steep",
                    .input = {1, 1, 64},
                    .layers = {{.name = "dense",
                                .kind = LayerKind::FullyConnected,
                                .inputs = {0},
                                .out_channels = 1,
                                .activation = Activation::Relu}}};
  NetworkParameters p;
  p.tensor_scale = {1, 1};
  std::vector<std::int8_t> weights(64, 127);
  weights[0] = 4;
  p.layers = {{.weights = weights,
               .weight_scale = {1},
               .multiplier = {100},
               .offset = {128 - 100 * 1000.0},
               .center = {128}}};
  std::vector<LimitedLayer> limited;
  const IntegerNetwork network = make_integer_network(graph, uniform(graph, 8), p, &limited);
  ASSERT_EQ(limited.size(), 1U);
  Tensor image(graph.input, network.input_type);
  image.values[0] = 250;
  EXPECT_NEAR(run(network, image)[1].values[0], 128, 1);
}

TEST(MakeIntegerNetwork, NamesTheLayerThatDoesNotFit) {
  const Graph graph = build_network("resnet8:resolution=16");
  const BitWidths widths = uniform(graph, 4);
  const NetworkParameters good = random_parameters(graph, widths, 1);
  const auto complaint = [&](auto change) {
    NetworkParameters p = good;
    change(p);
    return error_of([&] { (void)make_integer_network(graph, widths, p); });
  };
  EXPECT_EQ(complaint([](NetworkParameters&) {}), "");
  EXPECT_THAT(complaint([](NetworkParameters& p) { p.layers[0].weights.pop_back(); }),
              HasSubstr("layer stem (conv): weights: 431, expected 432"));
  EXPECT_THAT(complaint([](NetworkParameters& p) { p.layers[0].weights[5] = 8; }),
              HasSubstr("layer stem (conv): weight 8, expected -8 to 7 (s4)"));
  EXPECT_THAT(complaint([](NetworkParameters& p) { p.layers[0].weight_scale.pop_back(); }),
              HasSubstr("weight scales: 15, expected 16"));
  EXPECT_THAT(complaint([](NetworkParameters& p) { p.layers[0].weight_scale[3] = 0; }),
              HasSubstr("weight scale of channel 3: 0, expected a positive number"));
  EXPECT_THAT(complaint([](NetworkParameters& p) { p.layers[0].multiplier[2] = INFINITY; }),
              HasSubstr("channel 2: multiplier inf"));
  EXPECT_THAT(complaint([](NetworkParameters& p) { p.layers[0].offset[1] = NAN; }),
              HasSubstr("layer stem (conv): channel 1"));
  EXPECT_THAT(complaint([](NetworkParameters& p) { p.layers[0].offset.clear(); }),
              HasSubstr("offsets: 0, expected 16"));
  EXPECT_THAT(complaint([](NetworkParameters& p) { p.tensor_scale[1] = INFINITY; }),
              HasSubstr("scale of tensor stem: inf, expected a positive number"));
  EXPECT_THAT(complaint([](NetworkParameters& p) { p.tensor_scale.pop_back(); }),
              HasSubstr("scales of tensors"));
  EXPECT_THAT(complaint([](NetworkParameters& p) { p.layers.pop_back(); }),
              HasSubstr("parameters of layers"));
  EXPECT_THAT(complaint([](NetworkParameters& p) { p.layers[3].weights = {1}; }),
              HasSubstr("layer block1.add (add): weights: 1, expected 0"));
}

/// A tensor that was 0 throughout when it was calibrated has a tiny scale, whoever makes it.
TEST(MakeIntegerNetwork, KeepsLayersThatAreDead) {
  const Graph graph = build_network("mobilenet_v1:width=0.25,resolution=16,classes=4");
  const BitWidths widths = uniform(graph, 8);
  NetworkParameters p = random_parameters(graph, widths, 1);
  for (double& offset : p.layers[0].offset) offset = -100;
  p.tensor_scale[1] = 4e-7;
  const IntegerNetwork network = make_integer_network(graph, widths, p);
  const Tensor dead = run(network, random_tensor(graph.input, network.input_type, 1))[1];
  for (const std::int16_t value : dead.values) ASSERT_EQ(value, 0);
}

TEST(MakeIntegerNetwork, RefusesMaxPoolsThatChangeTheScale) {
  test::RandomGraphs random(3);
  for (;;) {
    const Graph graph = random.graph();
    const auto pool = std::ranges::find(graph.layers, LayerKind::MaxPool, &Layer::kind);
    if (pool == graph.layers.end()) continue;
    const BitWidths widths = random.widths(graph);
    NetworkParameters p = random_parameters(graph, widths, 1);
    p.tensor_scale[static_cast<std::size_t>(pool - graph.layers.begin()) + 1] *= 2;
    EXPECT_THAT(error_of([&] { (void)make_integer_network(graph, widths, p); }),
                HasSubstr("max pool keeps it"));
    return;
  }
}

/// Share of values at either end of the type, and number of different values.
struct Use {
  double ends = 0;
  std::size_t different = 0;
};
Use use_of(const Tensor& tensor) {
  std::map<std::int16_t, std::size_t> counts;
  for (const std::int16_t value : tensor.values) ++counts[value];
  const auto at_ends = static_cast<double>(counts[static_cast<std::int16_t>(lowest(tensor.type))] +
                                           counts[static_cast<std::int16_t>(highest(tensor.type))]);
  std::erase_if(counts, [](const auto& entry) { return entry.second == 0; });
  return {at_ends / static_cast<double>(tensor.values.size()), counts.size()};
}

TEST(RandomNetwork, EveryTensorUsesItsRange) {
  for (const char* spec :
       {"mobilenet_v1:width=0.25,resolution=32,classes=10",
        "mobilenet_v2:width=0.35,resolution=32,classes=10", "ds_cnn", "resnet8"}) {
    const Graph graph = build_network(spec);
    for (const unsigned bits : kBitWidths) {
      const BitWidths widths = uniform(graph, bits);
      const IntegerNetwork network = random_network(graph, widths, 1);
      const auto tensors = run(network, random_tensor(graph.input, network.input_type, 99));
      for (TensorId id = 0; id < tensors.size(); ++id) {
        const Tensor& tensor = tensors[id];
        const Use use = use_of(tensor);
        const double values = highest(tensor.type) - lowest(tensor.type) + 1;
        const bool pooled = id != 0 && graph.layers[id - 1].kind == LayerKind::AveragePool;
        EXPECT_GE(static_cast<double>(use.different),
                  pooled ? 1 : std::min(values, static_cast<double>(tensor.values.size())) / 3)
            << spec << ' ' << bits << ' ' << tensor_name(graph, id);
        if (!pooled && bits != 2) {
          EXPECT_LT(use.ends, 0.7) << spec << ' ' << bits << ' ' << tensor_name(graph, id);
        }
      }
    }
  }
}

TEST(RandomNetwork, WeightsUseTheirWholeRange) {
  const Graph graph = build_network("resnet8");
  for (const unsigned bits : kBitWidths) {
    const NetworkParameters p = random_parameters(graph, uniform(graph, bits), 7);
    const auto& weights = p.layers[1].weights;
    EXPECT_EQ(*std::ranges::min_element(weights), lowest(int_type(bits, true)));
    EXPECT_EQ(*std::ranges::max_element(weights), highest(int_type(bits, true)));
  }
}

TEST(RandomNetwork, IsOfItsSeed) {
  const Graph graph = build_network("ds_cnn");
  const BitWidths widths = uniform(graph, 8);
  const auto outputs = [&](std::uint64_t seed) {
    const IntegerNetwork network = random_network(graph, widths, seed);
    return run(network, random_tensor(graph.input, network.input_type, 5)).back();
  };
  EXPECT_EQ(outputs(1), outputs(1));
  EXPECT_NE(outputs(1), outputs(2));
}

TEST(RandomNetwork, StandsForAnyGraphAndWidths) {
  test::RandomGraphs random(4);
  for (int i = 0; i < 200; ++i) {
    const Graph graph = random.graph();
    const BitWidths widths = random.widths(graph);
    EXPECT_EQ(error_of([&] { check(random_network(graph, widths, i)); }), "");
  }
}

TEST(GraphOf, IsWhatTheNetworkWasMadeOf) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    test::RandomGraphs random(seed);
    const Graph graph = random.graph();
    const BitWidths widths = random.widths(graph);
    const GraphAndWidths found = graph_of(random_network(graph, widths, seed));
    EXPECT_EQ(found.graph.name, graph.name);
    EXPECT_EQ(found.widths, widths);
    EXPECT_EQ(shapes(found.graph), shapes(graph));
    EXPECT_EQ(macs(found.graph), macs(graph));
    EXPECT_EQ(signed_tensors(found.graph), signed_tensors(graph));
    for (std::size_t i = 0; i < graph.layers.size(); ++i) {
      EXPECT_EQ(found.graph.layers[i].name, graph.layers[i].name);
      EXPECT_EQ(found.graph.layers[i].inputs, graph.layers[i].inputs);
      EXPECT_EQ(has_weights(found.graph.layers[i].kind), has_weights(graph.layers[i].kind));
    }
  }
}

TEST(GraphOf, NamesTheTensorNoGraphHas) {
  const Graph graph = build_network("mobilenet_v1:width=0.1,resolution=16,classes=5");
  IntegerNetwork network = random_network(graph, uniform(graph, 8), 1);
  network.input_type = IntType::S8;
  EXPECT_THAT(error_of([&] { (void)graph_of(network); }), HasSubstr("tensor input: s8"));
}

TEST(RandomTensor, HasAllValuesOfItsType) {
  for (const IntType type : kIntTypes) {
    const Use use = use_of(random_tensor({64, 64, 3}, type, 1));
    EXPECT_EQ(use.different, static_cast<std::size_t>(highest(type) - lowest(type) + 1));
  }
}

TEST(RandomNetwork, StopsWhenItIsAskedTo) {
  const Graph graph = build_network("mobilenet_v1:width=0.1,resolution=16");
  const BitWidths widths = uniform(graph, 8);
  std::atomic<bool> stop = false;
  const IntegerNetwork network = random_network(graph, widths, 1, stop);
  const Tensor input = random_tensor(network.input, network.input_type, 1);
  EXPECT_EQ(run(network, input, stop).back().values, run(network, input).back().values);
  stop = true;
  EXPECT_THROW((void)random_network(graph, widths, 1, stop), Interrupted);
  EXPECT_THROW((void)run(network, input, stop), Interrupted);
}

}  // namespace
}  // namespace freebits::models
