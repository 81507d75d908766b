// SPDX-License-Identifier: Apache-2.0
// Random networks on the RTL equal the integer model in every bit of every tensor: all kinds of
// layers and types, odd sizes, memories so small that everything is cut, streamed and spilled.
#include "freebits/profiler/network_runner.hpp"

#include <gtest/gtest.h>

#include <tuple>

#include "../models/random_networks.hpp"

namespace freebits::profiler {
namespace {

tb::Target target(isa::Level level, unsigned cores, std::uint32_t l1_bytes) {
  tb::Target t = tb::load_target("flexv");
  t.level = level;
  t.geometry.cores = cores;
  t.geometry.banks = 2 * cores;
  t.geometry.l1_bytes = l1_bytes;
  return t;
}

void expect_exact(const tb::Target& t, const models::IntegerNetwork& network,
                  const models::Tensor& input) {
  NetworkRunner runner(t, network);
  if (getenv("SHOW")) for (auto& l : runner.plan().layers) printf("%s kind %d %ux%ux%u -> %ux%ux%u %d %d %d %d k%u s%u p %u %u\n", l.name.c_str(), (int)l.kind, l.in.height,l.in.width,l.in.channels,l.out.height,l.out.width,l.out.channels,(int)l.in_type,(int)l.second_type,(int)l.weight_type,(int)l.out_type,l.kernel_height,l.stride,l.padding.top,l.padding.left);
  if (getenv("SHOW")) for (auto& s : runner.plan().steps) { printf("step layer %d tile y%u r%u c%u n%u in %x const %x out %x scr %x:", s.layer ? (int)*s.layer : -1, s.tile.y,s.tile.rows,s.tile.c,s.tile.channels,s.input,s.constants,s.output,s.scratch); for (auto& m : s.moves) printf(" [%d %zu l1 %x off %u b %u r %u st %u]", (int)m.kind,m.what,m.l1,m.offset,m.bytes,m.rows,m.stride); printf("\n"); }
  const NetworkRun run = runner.run(input);
  if (run.difference) {
    const TensorDifference& d = *run.difference;
    FAIL() << d.layer << ", pixel " << d.y << ' ' << d.x << ", channel " << d.channel << ": got "
           << d.got << ", expected " << d.expected;
  }
  EXPECT_EQ(run.output.values, models::run(network, input).back().values);
}

class Networks : public testing::TestWithParam<std::tuple<isa::Level, unsigned>> {};

TEST_P(Networks, EqualTheModel) {
  const auto [level, cores] = GetParam();
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    test::RandomNetworks random(1000 * seed + 10 * static_cast<unsigned>(level) + cores);
    const models::IntegerNetwork network = random.network(8, 16, 40);
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    expect_exact(target(level, cores, 128 << 10), network,
                 random.tensor(network.input, network.input_type));
    if (HasFatalFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, Networks,
                         testing::Combine(testing::Values(isa::Level::Rv32imc, isa::Level::XpulpV2,
                                                          isa::Level::XpulpNN, isa::Level::Mixed,
                                                          isa::Level::FlexV),
                                          testing::Values(1U, 8U)),
                         [](const auto& info) {
                           return std::string(isa::name(std::get<0>(info.param))) + "_" +
                                  std::to_string(std::get<1>(info.param));
                         });

}  // namespace
}  // namespace freebits::profiler
