// SPDX-License-Identifier: Apache-2.0
// The cost model, which chooses tiles and places, against the RTL.
#include <gtest/gtest.h>

#include <cmath>

#include "models/builders/builders.hpp"
#include "models/quantize/quantize.hpp"
#include "profiler/network/network_runner.hpp"

namespace freebits::profiler {
namespace {

struct Case {
  const char* network;
  const char* target;
  unsigned bits;
};

std::string name_of(const testing::TestParamInfo<Case>& info) {
  std::string name = std::string(info.param.network) + "_" + info.param.target + "_" +
                     std::to_string(info.param.bits);
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

class CostModel : public testing::TestWithParam<Case> {};

/// The published range over seven networks is -5.2 to +3.1 % (docs/results/latency.md); small ones
/// at other widths have been off by up to 8 %.
TEST_P(CostModel, IsWithinTenPercentOfTheRtl) {
  const auto& [network_name, target, bits] = GetParam();
  const models::Graph graph = models::build_network(network_name);
  const models::IntegerNetwork network =
      models::random_network(graph, models::uniform(graph, bits), 1);
  NetworkRunner runner(tb::load_target(target), network);
  const NetworkRun run =
      runner.run(models::random_tensor(network.input, network.input_type, 1), {.compare = false});
  std::uint64_t estimated = 0;
  for (const NetworkLayerRun& layer : run.layers) estimated += layer.estimated_cycles;
  const double error = static_cast<double>(estimated) / static_cast<double>(run.cycles) - 1;
  RecordProperty("error_percent", std::to_string(100 * error));
  EXPECT_LT(std::abs(error), 0.10) << estimated << " estimated, " << run.cycles << " cycles";
}

INSTANTIATE_TEST_SUITE_P(
    Networks, CostModel,
    testing::Values(Case{"mobilenet_v1:width=0.25,resolution=32", "rv32imc", 8},
                    Case{"mobilenet_v1:width=0.25,resolution=32", "xpulpv2", 4},
                    Case{"mobilenet_v1:width=0.25,resolution=32", "xpulpnn", 2},
                    Case{"mobilenet_v1:width=0.25,resolution=32", "mixed", 4},
                    Case{"mobilenet_v1:width=0.25,resolution=32", "flexv", 8},
                    Case{"ds_cnn", "flexv", 8}, Case{"ds_cnn", "xpulpnn", 4},
                    Case{"resnet8:width=0.5", "flexv", 2}, Case{"resnet8:width=0.5", "mixed", 8}),
    name_of);

}  // namespace
}  // namespace freebits::profiler
