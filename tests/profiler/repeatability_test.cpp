// SPDX-License-Identifier: Apache-2.0
// A latency is a function of its key: whatever was asked before, in whatever order, by however many
// at once, and wherever it was stopped.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>

#include "models/builders/builders.hpp"
#include "models/quantize/quantize.hpp"
#include "profiler/profile/profile.hpp"

namespace freebits::profiler {
namespace {

namespace fs = std::filesystem;
using models::Graph;

struct Case {
  const char *network, *like_it, *target;
  Fidelity fidelity;
};

std::string network_of(const Case& c) {
  const std::string spec = c.network;
  return spec.substr(0, spec.find(':'));
}

class Latencies : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    folder = fs::path(testing::TempDir()) / ("freebits_repeat_" + std::to_string(::getpid()));
    fs::remove_all(folder);
    // All would take minutes.
    auto all = all_latencies(graph);
    std::ranges::shuffle(all, random);
    wanted.assign(all.begin(), all.begin() + 14);
    auto uniform = latencies_of(graph, models::uniform(graph, 8));
    std::ranges::shuffle(uniform, random);
    wanted.insert(wanted.end(), uniform.begin(), uniform.begin() + 6);
    reference = measured(wanted, {.jobs = 1});
  }
  void TearDown() override { fs::remove_all(folder); }

  LatencyTable measured(std::span<const WantedLatency> some, ProfileOptions options) const {
    options.fidelity = GetParam().fidelity;
    return profile(target, graph, some, options);
  }
  void expect_same(const LatencyTable& table, std::span<const WantedLatency> some) const {
    for (const WantedLatency& w : some) {
      const LatencyEntry &a = *reference.find(w.layer, w.bits), *b = table.find(w.layer, w.bits);
      ASSERT_NE(b, nullptr);
      EXPECT_EQ(a.cycles, b->cycles) << graph.layers[w.layer].name;
      EXPECT_EQ(a.accounting, b->accounting) << graph.layers[w.layer].name;
      EXPECT_EQ(a.instructions, b->instructions);
      EXPECT_EQ(a.l3_wait, b->l3_wait);
      EXPECT_EQ(a.operand_wait, b->operand_wait);
      EXPECT_EQ(a.error_bound, b->error_bound);
    }
  }

  const Graph graph = models::build_network(GetParam().network);
  const tb::Target target = tb::load_target(GetParam().target);
  std::mt19937_64 random{7};
  fs::path folder;
  std::vector<WantedLatency> wanted;
  LatencyTable reference;
};

TEST_P(Latencies, AreTheSameInAnyOrderAndSubset) {
  std::ranges::shuffle(wanted, random);
  LatencyStore store(folder / "parts.db");
  for (std::size_t begin = 0; begin < wanted.size();) {
    const std::size_t count = std::min<std::size_t>(1 + random() % 9, wanted.size() - begin);
    const std::span part = std::span(wanted).subspan(begin, count);
    expect_same(measured(part, {.jobs = 1 + static_cast<unsigned>(random() % 3), .store = &store}),
                part);
    begin += count;
  }
  expect_same(measured(wanted, {.store = &store}), wanted);
}

TEST_P(Latencies, AreTheSameAfterAnInterruption) {
  LatencyStore store(folder / "stopped.db");
  std::atomic<bool> stop = false;
  std::size_t left = 0;
  ProfileOptions options{.jobs = 2, .store = &store, .stop = stop};
  options.on_progress = [&](const ProfileProgress&) { stop = left-- == 0; };
  for (std::size_t after = 0; after < 4; ++after) {
    stop = false;
    left = after;
    (void)measured(wanted, options);
  }
  expect_same(measured(wanted, {.store = &store}), wanted);
}

TEST_P(Latencies, AreTheSameWhateverTheStoreHeldBefore) {
  LatencyStore store(folder / "history.db");
  const Graph other = models::build_network(GetParam().like_it);
  (void)profile(target, other, latencies_of(other, models::uniform(other, 8)),
                {.fidelity = GetParam().fidelity, .store = &store});
  const Fidelity opposite =
      GetParam().fidelity == Fidelity::Full ? Fidelity::Sampled : Fidelity::Full;
  (void)profile(target, graph, std::span(wanted).last(5), {.fidelity = opposite, .store = &store});
  expect_same(measured(wanted, {.store = &store}), wanted);
}

std::size_t simulated(const LatencyTable& table) {
  std::size_t count = 0;
  for (const auto& layer : table.layers)
    count += static_cast<std::size_t>(std::ranges::count_if(layer, &LatencyEntry::simulated));
  return count;
}

TEST_P(Latencies, AreSharedByProcessesThatWantThemAtOnce) {
  std::vector<pid_t> children;
  for (int i = 0; i < 2; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        LatencyStore store(folder / "shared.db");
        const LatencyTable table = measured(wanted, {.jobs = 1, .store = &store});
        expect_same(table, wanted);
        std::ofstream(folder / std::to_string(i)) << simulated(table);
        ::_exit(HasFailure() ? 1 : 0);
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        ::_exit(3);
      }
    }
    children.push_back(child);
  }
  std::size_t sum = 0;
  for (int i = 0; i < 2; ++i) {
    int status = -1;
    ::waitpid(children[static_cast<std::size_t>(i)], &status, 0);
    EXPECT_EQ(status, 0);
    std::size_t count = 0;
    std::ifstream(folder / std::to_string(i)) >> count;
    sum += count;
  }
  EXPECT_EQ(sum, simulated(reference));  // each once
}

constexpr const char *kSmall = "mobilenet_v1:width=0.25,resolution=32",
                     *kSmallToo = "mobilenet_v1:width=0.25,resolution=32,classes=11",
                     *kTiny = "mobilenet_v1:width=0.1,resolution=16,classes=5",
                     *kTinyToo = "mobilenet_v1:width=0.1,resolution=16,classes=6";

INSTANTIATE_TEST_SUITE_P(
    Networks, Latencies,
    testing::Values(
        Case{kSmall, kSmallToo, "xpulpnn", Fidelity::Full},
        Case{kSmall, kSmallToo, "xpulpnn", Fidelity::Sampled},
        Case{"ds_cnn:width=16", "ds_cnn:width=16,classes=3", "flexv", Fidelity::Full},
        Case{"ds_cnn:width=16", "ds_cnn:width=16,classes=3", "flexv", Fidelity::Sampled},
        Case{"resnet8:width=0.25", "resnet8:width=0.25,classes=3", "xpulpv2", Fidelity::Full},
        Case{"resnet8:width=0.25", "resnet8:width=0.25,classes=3", "xpulpv2", Fidelity::Sampled},
        Case{kTiny, kTinyToo, "rv32imc", Fidelity::Full}),
    [](const auto& info) {
      return network_of(info.param) + "_" + info.param.target + "_" +
             std::string(name(info.param.fidelity));
    });

}  // namespace
}  // namespace freebits::profiler
