// SPDX-License-Identifier: Apache-2.0
// Latency tables against whole networks on the RTL.
#include "profiler/profile/profile.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <random>
#include <set>

#include "base/error.hpp"
#include "models/builders/builders.hpp"
#include "models/quantize/quantize.hpp"
#include "profiler/network/network_runner.hpp"
#include "profiler/profile/surroundings.hpp"

namespace freebits::profiler {
namespace {

namespace fs = std::filesystem;
using models::BitWidths;
using models::Graph;

/// Any that a search may choose.
BitWidths random_widths(const Graph& graph, std::mt19937_64& random) {
  std::set<WantedLatency> wanted;
  const auto all = all_latencies(graph);
  wanted.insert(all[random() % all.size()]);
  BitWidths widths = models::uniform(graph, 8);
  for (std::size_t layer = 0; layer < graph.layers.size(); ++layer) {
    auto choices = layer_choices(graph, layer);
    std::erase_if(choices, [&](const LayerBits& bits) {
      const auto& inputs = graph.layers[layer].inputs;
      for (std::size_t i = 0; i < inputs.size(); ++i)
        if (bits.in.at(i) != widths.activations[inputs[i]]) return true;
      return false;
    });
    const LayerBits& bits = choices[random() % choices.size()];
    widths.weights[layer] = bits.weights;
    widths.activations[layer + 1] = bits.out;
  }
  return widths;
}

std::uint64_t measured(const tb::Target& target, const Graph& graph, const BitWidths& widths) {
  const models::IntegerNetwork network = models::random_network(graph, widths, 1);
  NetworkRunner runner(target, network);
  return runner.run(models::random_tensor(network.input, network.input_type, 1), {.compare = false})
      .cycles;
}

double off(double value, double from) { return value / from - 1; }

class SurroundingsOf : public testing::TestWithParam<const char*> {};

TEST_P(SurroundingsOf, EveryLatencyHaveItsWidths) {
  const Graph graph = models::build_network(GetParam());
  const Surroundings surroundings(graph);
  for (const WantedLatency& wanted : all_latencies(graph)) {
    const BitWidths widths = surroundings.of(wanted);
    models::check(graph, widths);
    EXPECT_EQ(layer_bits(graph, widths, wanted.layer), wanted.bits);
  }
}

TEST_P(SurroundingsOf, UniformWidthsAreUniform) {
  const Graph graph = models::build_network(GetParam());
  const Surroundings surroundings(graph);
  for (const unsigned bits : models::kBitWidths) {
    BitWidths uniform = models::uniform(graph, bits);
    for (const WantedLatency& wanted : latencies_of(graph, uniform))
      EXPECT_EQ(surroundings.of(wanted), uniform) << graph.layers[wanted.layer].name;
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, SurroundingsOf,
                         testing::Values("mobilenet_v1:width=0.25,resolution=32",
                                         "mobilenet_v2:width=0.35,resolution=96", "ds_cnn",
                                         "resnet8"));

TEST(AChainOfLayers, HasFewSurroundings) {
  const Graph graph = models::build_network("mobilenet_v1:width=0.25,resolution=32");
  const Surroundings surroundings(graph);
  std::set<std::pair<std::vector<unsigned>, std::vector<unsigned>>> all;
  for (const WantedLatency& wanted : all_latencies(graph)) {
    const BitWidths widths = surroundings.of(wanted);
    all.insert({widths.weights, widths.activations});
  }
  EXPECT_LE(all.size(), 80U);  // of 729: what they share is made once
}

struct Case {
  const char *network, *target;
  std::size_t choices = 4;
};
class Networks : public testing::TestWithParam<Case> {};

TEST_P(Networks, TakeTheSumOfTheirLayers) {
  const Graph graph = models::build_network(GetParam().network);
  const tb::Target target = tb::load_target(GetParam().target);
  std::vector<BitWidths> choices = {models::uniform(graph, 8)};
  constexpr std::uint64_t kSeed = 3;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  std::mt19937_64 random(kSeed);
  while (choices.size() < GetParam().choices) choices.push_back(random_widths(graph, random));
  // Together, so that most come from runs of other widths.
  std::vector<WantedLatency> wanted;
  for (const BitWidths& widths : choices) {
    const auto own = latencies_of(graph, widths);
    wanted.insert(wanted.end(), own.begin(), own.end());
  }
  const LatencyTable table = profile(target, graph, wanted, {});
  for (const BitWidths& widths : choices) {
    const auto sum = static_cast<double>(network_cycles(target, table, graph, widths));
    const auto whole = static_cast<double>(measured(target, graph, widths));
    EXPECT_LE(std::abs(off(sum, whole)), 0.01) << sum << ' ' << whole;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Small, Networks,
    testing::Values(Case{"mobilenet_v1:width=0.25,resolution=32,classes=10", "flexv"},
                    Case{"mobilenet_v1:width=0.25,resolution=32,classes=10", "xpulpv2"},
                    Case{"ds_cnn", "flexv"}, Case{"resnet8:width=0.5", "xpulpv2"},
                    Case{"mobilenet_v2:width=0.35,resolution=96", "flexv", 2}));

/// Few layers, many tiles.
Graph tall() {
  using models::LayerKind;
  Graph graph{.name = "tall", .input = {96, 96, 16}, .layers = {}};
  graph.layers.push_back(
      {.name = "wide", .kind = LayerKind::Conv, .inputs = {0}, .out_channels = 32});
  graph.layers.push_back({.name = "columns",
                          .kind = LayerKind::Depthwise,
                          .inputs = {1},
                          .kernel_height = 3,
                          .kernel_width = 3,
                          .padding = {1, 1, 1, 1}});
  graph.layers.push_back({.name = "sum", .kind = LayerKind::Add, .inputs = {1, 2}});
  graph.layers.push_back(
      {.name = "last", .kind = LayerKind::Conv, .inputs = {3}, .out_channels = 12});
  return graph;
}

TEST(Sampled, IsWithinOnePercentOfFullAndItsBound) {
  const Graph graph = tall();
  const tb::Target target = tb::load_target("flexv");
  std::mt19937_64 random(2);
  auto wanted = latencies_of(graph, models::uniform(graph, 8));
  const auto mixed = latencies_of(graph, random_widths(graph, random));
  wanted.insert(wanted.end(), mixed.begin(), mixed.end());
  const LatencyTable full = profile(target, graph, wanted, {});
  const LatencyTable sampled = profile(target, graph, wanted, {.fidelity = Fidelity::Sampled});
  std::size_t bounded = 0;  // the others were simulated whole
  for (const WantedLatency& w : wanted) {
    const LatencyEntry &f = *full.find(w.layer, w.bits), &s = *sampled.find(w.layer, w.bits);
    const double error = off(static_cast<double>(s.cycles), static_cast<double>(f.cycles));
    EXPECT_LE(std::abs(error), 0.01) << graph.layers[w.layer].name;
    EXPECT_LE(std::abs(error), s.error_bound) << graph.layers[w.layer].name;
    bounded += s.error_bound > 0;
    EXPECT_LT(s.error_bound, 0.05) << graph.layers[w.layer].name;
    EXPECT_EQ(f.error_bound, 0);
  }
  EXPECT_GE(bounded, 5U);
}

/// A network that takes no time.
Graph tiny() { return models::build_network("mobilenet_v1:width=0.1,resolution=16,classes=5"); }

class WithStore : public testing::Test {
 protected:
  void SetUp() override {
    folder = fs::path(testing::TempDir()) / ("freebits_profile_" + std::to_string(::getpid()));
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  static std::size_t simulated(const LatencyTable& table) {
    std::size_t count = 0;
    for (const auto& layer : table.layers)
      count += static_cast<std::size_t>(std::ranges::count_if(layer, &LatencyEntry::simulated));
    return count;
  }
  fs::path folder;
};

TEST_F(WithStore, SimulatesOnlyWhatIsNew) {
  const Graph graph = tiny();
  const tb::Target target = tb::load_target("flexv");
  LatencyStore store(folder / "latency.db");
  const ProfileOptions options{.store = &store};
  const auto wanted = latencies_of(graph, models::uniform(graph, 8));
  const LatencyTable first = profile(target, graph, wanted, options);
  // Blocks 7 to 11 are alike.
  EXPECT_EQ(simulated(first), graph.layers.size() - 7);
  const LatencyTable second = profile(target, graph, wanted, options);
  EXPECT_EQ(simulated(second), 0U);
  for (const WantedLatency& w : wanted) {
    const LatencyEntry &a = *first.find(w.layer, w.bits), &b = *second.find(w.layer, w.bits);
    EXPECT_EQ(a.cycles, b.cycles);
    EXPECT_EQ(a.accounting, b.accounting);
    EXPECT_EQ(std::accumulate(a.accounting.begin(), a.accounting.end(), std::uint64_t{0}),
              a.cycles * target.geometry.cores)
        << graph.layers[w.layer].name;
  }
  // Neither fidelity serves the other, nor another target: a number must not depend on what else
  // was asked before.
  EXPECT_EQ(
      simulated(profile(target, graph, wanted, {.fidelity = Fidelity::Sampled, .store = &store})),
      graph.layers.size() - 7);
  EXPECT_EQ(simulated(profile(tb::load_target("mixed"), graph, wanted,
                              {.fidelity = Fidelity::Sampled, .store = &store})),
            graph.layers.size() - 7);
  EXPECT_EQ(simulated(profile(tb::load_target("mixed"), graph, wanted, options)),
            graph.layers.size() - 7);
}

TEST_F(WithStore, GoesOnWhereItWasStopped) {
  const Graph graph = tiny();
  const tb::Target target = tb::load_target("flexv");
  LatencyStore store(folder / "latency.db");
  const auto wanted = all_latencies(graph);
  std::atomic<bool> stop = false;
  ProfileOptions options{.jobs = 2, .store = &store, .stop = stop};
  std::size_t all = 0, finished = 0;
  options.on_progress = [&](const ProfileProgress& p) {
    all = p.all_entries;
    finished = p.entries;
    if (p.entries >= 40) stop = true;
  };
  const std::size_t first = simulated(profile(target, graph, wanted, options));
  EXPECT_GE(first, 40U);
  EXPECT_LT(first, all);
  EXPECT_EQ(first, finished);
  stop = false;
  const std::size_t before = all;
  options.on_progress = [&](const ProfileProgress& p) { all = p.all_entries; };
  const LatencyTable table = profile(target, graph, wanted, options);
  EXPECT_EQ(all, before - first);
  EXPECT_EQ(simulated(table), before - first);
  for (const WantedLatency& w : wanted) EXPECT_NE(table.find(w.layer, w.bits), nullptr);
}

TEST(Profile, NamesTheLayerThatDoesNotFit) {
  const Graph graph = models::build_network("mobilenet_v1:width=1,resolution=224");
  tb::Target target = tb::load_target("flexv");
  target.geometry.l1_bytes = 32 << 10;
  const auto wanted = latencies_of(graph, models::uniform(graph, 8));
  try {
    (void)profile(target, graph, wanted, {});
    FAIL() << "it cannot fit";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("L1"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace freebits::profiler
