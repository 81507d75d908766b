// SPDX-License-Identifier: Apache-2.0
// A step allocates nothing: every operator new and aligned_alloc of this program counts.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "check.hpp"
#include "models/builders/builders.hpp"
#include "search/train/network.hpp"

namespace {
std::atomic<std::size_t> allocations = 0;
}

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  ++allocations;
  void* memory = nullptr;
  return posix_memalign(&memory, alignment, size) == 0 ? memory : nullptr;
}

namespace freebits::search::test {
namespace {

/// Every op, float and with every kind of quantizer.
TEST(Network, AllocatesNothingInSteadyState) {
  const struct {
    const char* spec;
    std::optional<GatedForm> gated;
    bool quantize;
  } cases[] = {{"mobilenet_v2:width=0.25,resolution=16,classes=10", {}, false},
               {"mobilenet_v2:width=0.25,resolution=16,classes=10", {}, true},
               {"resnet8:resolution=16,classes=10", GatedForm::Independent, true},
               {"resnet8:resolution=16,classes=10", GatedForm::Residual, true},
               {"ds_cnn", {}, false}};
  for (const auto& c : cases) {
    for (const Mode mode : {Mode::Train, Mode::Evaluate}) {
      SCOPED_TRACE(c.spec);
      const models::Graph graph = models::build_network(c.spec);
      Quantization quantization = uniform_quantization(graph, 4, 8);
      quantization.gated = c.gated;
      Parameters parameters;
      create_parameters(parameters, graph, 1, c.quantize ? &quantization : nullptr);
      const std::size_t at_first = allocations;
      Network network(threads(3), mode, graph, parameters,
                      {.images = 4, .quantization = c.quantize ? &quantization : nullptr});
      EXPECT_GT(allocations, at_first) << "nothing is counted";
      Random random{1};
      const Values images = random_values(random, network.input().shape().size(), -1, 1);
      const std::vector<std::uint32_t> labels{0, 1, 2, 3};
      const auto step = [&](std::uint64_t number) {
        network.tape().feed(network.input(), images);
        network.loss().feed(labels);
        network.tape().forward(number);
        if (mode == Mode::Train) network.tape().backward();
        network.tape().check_finite(mode == Mode::Train);
        return network.loss().loss() + network.loss().correct();
      };
      (void)step(0);
      const std::size_t before = allocations;
      for (std::uint64_t number = 1; number <= 3; ++number) (void)step(number);
      EXPECT_EQ(allocations, before);
    }
  }
}

}  // namespace
}  // namespace freebits::search::test
