// SPDX-License-Identifier: Apache-2.0
// The loader allocates nothing while it runs: every operator new of this program counts.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "search/data/loader.hpp"
#include "search/data/synthetic.hpp"

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

namespace freebits::search {
namespace {

TEST(Loader, AllocatesNothingInSteadyState) {
  LoaderOptions options;
  options.batch = 16;
  options.workers = 2;
  options.augmentation = {.view = true, .pad = 4, .flip = true};
  Loader loader(synthetic_dataset(Split::Train, {.seed = 1, .train_size = 200, .test_size = 1}),
                options);
  // The threads' own start is not steady state: one epoch has them all running.
  for (loader.start(0); loader.next();) continue;
  const std::size_t before = allocations;
  for (std::uint64_t epoch = 1; epoch < 4; ++epoch) {
    for (loader.start(epoch); loader.next();) continue;
  }
  EXPECT_EQ(allocations - before, 0U);
  EXPECT_GT(before, 0U);
}

}  // namespace
}  // namespace freebits::search
