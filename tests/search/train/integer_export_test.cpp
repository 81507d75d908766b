// SPDX-License-Identifier: Apache-2.0
// The fake-quantized network against the integer model, layer by layer, each on the very same
// integers: they agree but where the real value lies at a tie of the rounding.
#include "freebits/search/train/integer_export.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "freebits/models/builders.hpp"
#include "freebits/search/data/random.hpp"

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

void compare_layers(const models::Graph& graph, const Quantization& quantization,
                    std::uint64_t seed, Difference& difference) {
  Random random{seed};
  Parameters parameters;
  create_parameters(parameters, graph, seed, &quantization);
  scatter(parameters, random);
  make_multipliers_positive(graph, parameters);
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
  const models::IntegerNetwork integer =
      models::make_integer_network(graph, quantization.widths, real);
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
      for (std::size_t i = 0; i < got.values.size(); ++i) {
        const int off = std::abs(got.values[i] - expected[l + 1].values[i]);
        difference.differ += off != 0 ? 1 : 0;
        difference.largest = std::max(difference.largest, off);
      }
      difference.values += got.values.size();
    }
  }
}

class Export : public ::testing::TestWithParam<const char*> {};

TEST_P(Export, FakeQuantizedLayersAreTheIntegerModelsButForTies) {
  const models::Graph graph = models::build_network(GetParam());
  for (const auto& [weights, activations] :
       {std::pair{8U, 8U}, {4U, 8U}, {2U, 4U}, {8U, 4U}, {4U, 2U}}) {
    Difference difference;
    compare_layers(graph, uniform_quantization(graph, weights, activations), weights + activations,
                   difference);
    EXPECT_LE(difference.largest, 1) << weights << activations;
    EXPECT_LT(static_cast<double>(difference.differ), 1e-3 * static_cast<double>(difference.values))
        << weights << activations;
    EXPECT_GT(difference.values, 10000U);
  }
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
