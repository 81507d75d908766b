// SPDX-License-Identifier: Apache-2.0
// The fake-quantized network against the integer model, layer by layer, each on the very same
// integers: they agree but where the real value lies at a tie of the rounding.
#include "search/train/integer_export.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.hpp"
#include "models/builders/builders.hpp"

namespace freebits::search {
namespace {

constexpr unsigned kImages = 2;

/// Batch norms, biases and thresholds of a network that has been trained somewhat.
void scatter(Parameters& parameters, Random& random) {
  for (Parameter& p : parameters) {
    for (float& value : p.value.span()) {
      if (p.name.ends_with(".gamma")) value = random.between(-1.5F, 1.5F);
      if (p.name.ends_with(".beta")) value = random.between(-0.5F, 1.5F);
      if (p.name.ends_with(".mean")) value = random.between(-0.3F, 0.3F);
      if (p.name.ends_with(".variance")) value = random.between(0.05F, 2);
      if (p.name.ends_with(".bias")) value = random.between(-1, 1);
      if (p.name.ends_with(".threshold")) value = random.between(0, 3);  // log2
    }
  }
}

struct Difference {
  std::size_t values = 0, differ = 0;
  int largest = 0;
};

/// A layer of the integer model on the fake-quantized graph's own tensors.
struct ComparedLayer {
  std::size_t index = 0;
  const models::IntegerLayer& layer;
  const models::NetworkParameters& real;
  const std::vector<models::LimitedLayer>& limited;
  const std::vector<models::Tensor>& expected;  ///< by TensorId
  const models::Tensor& got;
};

template <class Each>
void compare_layers(const models::Graph& graph, const Quantization& quantization,
                    Parameters& parameters, std::uint64_t seed, const Each& each) {
  Random random{seed, 1};
  Threads threads(1);
  Network network(threads, Mode::Train, graph, parameters,
                  {.images = kImages, .freeze_batch_norm = true, .quantization = &quantization});
  std::vector<float> images(network.input().shape().size());
  for (float& value : images) value = static_cast<float>(random.below(256)) * kInputStep;
  const std::vector<std::uint32_t> labels(kImages, 0);
  network.tape().feed(network.input(), images);
  network.loss().feed(labels);
  network.tape().forward();

  const models::NetworkParameters real = integer_parameters(graph, parameters, quantization);
  std::vector<models::LimitedLayer> limited;
  const models::IntegerNetwork integer =
      models::make_integer_network(graph, quantization.widths, real, &limited);
  const std::vector<models::Tensor> empty = models::empty_tensors(integer);
  const auto tensor = [&](models::TensorId id, unsigned image) {
    const Var value = network.value(id);
    std::vector<float> all(value.shape().size());
    network.tape().read(value, all);
    models::Tensor t(empty[id].shape, empty[id].type);
    for (std::size_t i = 0; i < t.values.size(); ++i) {
      const double steps =
          static_cast<double>(all[image * t.values.size() + i]) / real.tensor_scale[id];
      EXPECT_NEAR(steps, std::round(steps), 0.01) << "not on the grid";
      t.values[i] = static_cast<std::int16_t>(std::lround(steps));
    }
    return t;
  };
  for (unsigned image = 0; image < kImages; ++image) {
    std::vector<models::Tensor> expected;
    for (models::TensorId id = 0; id <= graph.output(); ++id) expected.push_back(tensor(id, image));
    for (std::size_t l = 0; l < graph.layers.size(); ++l) {
      const models::Tensor got = models::run(integer.layers[l], expected);
      each(ComparedLayer{l, integer.layers[l], real, limited, expected, got});
    }
  }
}

void compare_ordinary(const models::Graph& graph, const Quantization& quantization,
                      std::uint64_t seed, Difference& difference) {
  Random random{seed};
  Parameters parameters;
  create_parameters(parameters, graph, seed, &quantization);
  scatter(parameters, random);
  make_multipliers_positive(graph, parameters);
  compare_layers(graph, quantization, parameters, seed, [&](const ComparedLayer& c) {
    for (std::size_t i = 0; i < c.got.values.size(); ++i) {
      const int off = std::abs(c.got.values[i] - c.expected[c.index + 1].values[i]);
      difference.differ += off != 0 ? 1 : 0;
      difference.largest = std::max(difference.largest, off);
    }
    difference.values += c.got.values.size();
  });
}

/// What training leaves of channels that hardly vary, and worse.
void make_extreme(Parameters& parameters, Random& random) {
  const auto power = [&](float least, float most) {
    return std::pow(10.0F, random.between(least, most));
  };
  for (Parameter& p : parameters) {
    for (float& value : p.value.span()) {
      if (p.name.ends_with(".gamma")) value = power(-12, 2);
      if (p.name.ends_with(".variance")) value = random.below(3) == 0 ? 0 : power(-20, 3);
      if (p.name.ends_with(".mean")) value *= random.below(2) == 0 ? 0 : power(-6, 0);
      if (p.name.ends_with(".threshold")) value = random.between(-12, 3);  // log2
      if (p.name.ends_with(".weight") && random.below(50) == 0) value = 0;
    }
  }
}

/// How far a float graph itself can be from the real layer, in steps, and with it the integers:
/// sums of large numbers that nearly cancel out.
std::vector<double> float_errors(const ComparedLayer& c, const models::Graph& graph) {
  const std::size_t in = graph.layers[c.index].inputs[0];
  const models::LayerParameters& own = c.real.layers[c.index];
  const std::size_t channels = c.got.shape.channels;
  std::vector<double> errors(c.got.values.size(), 0);
  if (own.weights.empty()) return errors;
  const auto sums =
      std::holds_alternative<models::Conv>(c.layer.op)
          ? models::accumulators(std::get<models::Conv>(c.layer.op), c.expected[in])
          : models::accumulators(std::get<models::Depthwise>(c.layer.op), c.expected[in]);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const std::size_t k = i % channels;
    const double sum = std::abs(static_cast<double>(sums[i])) * own.weight_scale[k] *
                       c.real.tensor_scale[in] * own.multiplier[k];
    errors[i] = std::exp2(-18) * (sum + std::abs(own.offset[k])) / c.real.tensor_scale[c.index + 1];
  }
  return errors;
}

class Export : public ::testing::TestWithParam<const char*> {};

TEST_P(Export, FakeQuantizedLayersAreTheIntegerModelsButForTies) {
  const models::Graph graph = models::build_network(GetParam());
  for (const auto& [weights, activations] :
       {std::pair{8U, 8U}, {4U, 8U}, {2U, 4U}, {8U, 4U}, {4U, 2U}}) {
    Difference difference;
    compare_ordinary(graph, uniform_quantization(graph, weights, activations),
                     weights + activations, difference);
    EXPECT_LE(difference.largest, 1) << weights << activations;
    EXPECT_LT(static_cast<double>(difference.differ), 1e-3 * static_cast<double>(difference.values))
        << weights << activations;
    EXPECT_GT(difference.values, 10000U);
  }
}

TEST_P(Export, FakeQuantizedLayersAreTheIntegerModelsUpToTheirErrorsWhateverTheScales) {
  const models::Graph graph = models::build_network(GetParam());
  std::size_t limited = 0, told = 0, between = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const Quantization q = uniform_quantization(graph, seed % 2 == 0 ? 8 : 4, 8);
    Random random{seed};
    Parameters parameters;
    create_parameters(parameters, graph, seed, &q);
    scatter(parameters, random);
    make_extreme(parameters, random);
    compare_layers(graph, q, parameters, seed, [&](const ComparedLayer& c) {
      std::vector<double> allowed = float_errors(c, graph);
      const auto found = std::ranges::find(c.limited, c.layer.name, &models::LimitedLayer::name);
      const std::size_t channels = c.got.shape.channels;
      std::vector<double> stated(channels, 0);
      if (found != c.limited.end()) {
        for (const models::LimitedChannel& each : found->channels)
          stated[each.channel] = each.error;
        limited += found->channels.size();
        if (!models::has_weights(graph.layers[c.index].kind)) stated.assign(channels, stated[0]);
      }
      const models::Tensor& want = c.expected[c.index + 1];
      for (std::size_t i = 0; i < allowed.size(); ++i) {
        allowed[i] += 1 + stated[i % channels];
        ASSERT_LE(std::abs(c.got.values[i] - want.values[i]), allowed[i])
            << c.layer.name << " channel " << i % channels << " seed " << seed;
        told += allowed[i] < 10 ? 1 : 0;
        between += allowed[i] < 10 && c.got.values[i] > models::lowest(want.type) &&
                           c.got.values[i] < models::highest(want.type)
                       ? 1
                       : 0;
      }
    });
  }
  EXPECT_GT(limited, 20U);
  EXPECT_GT(told, 10'000U);
  EXPECT_GT(between, 1'000U) << "clipped values say little";
}

INSTANTIATE_TEST_SUITE_P(Networks, Export,
                         ::testing::Values("mobilenet_v1:width=0.25,resolution=16,classes=10",
                                           "mobilenet_v2:width=0.25,resolution=16,classes=10",
                                           "resnet8:width=0.5,resolution=16",
                                           "ds_cnn:height=24,width=8,channels=1,classes=4"),
                         [](const auto& test) {
                           const std::string spec = test.param;
                           return spec.substr(0, spec.find(':'));
                         });

TEST(MultipliersPositive, ChangeNothing) {
  const models::Graph graph = models::build_network("resnet8:width=0.5,resolution=16");
  Parameters parameters;
  create_parameters(parameters, graph, 1);
  Random random{1};
  scatter(parameters, random);
  Threads threads(1);
  Network network(threads, Mode::Evaluate, graph, parameters, {.images = 1});
  std::vector<float> image(network.input().shape().size());
  for (float& value : image) value = random.uniform();
  const std::vector<std::uint32_t> labels(1, 0);
  network.tape().feed(network.input(), image);
  network.loss().feed(labels);
  const auto logits = [&] {
    network.tape().forward();
    std::vector<float> out(network.logits().shape().size());
    network.tape().read(network.logits(), out);
    return out;
  };
  const std::vector<float> before = logits();
  make_multipliers_positive(graph, parameters);
  const std::vector<float> after = logits();
  for (std::size_t i = 0; i < before.size(); ++i)
    EXPECT_NEAR(before[i], after[i], 1e-3 * (1 + std::abs(before[i])));
  for (const Parameter& p : parameters) {
    if (!p.name.ends_with(".gamma")) continue;
    for (const float gamma : p.value.span()) EXPECT_GT(gamma, 0) << p.name;
  }
}

}  // namespace
}  // namespace freebits::search
