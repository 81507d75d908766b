// SPDX-License-Identifier: Apache-2.0
// The figures sw/tests/cluster_timing.c measures on the RTL, to the cycle. docs/cluster.md shows
// them; a change here is a change of the machine.
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>

#include "tb/cluster/cluster.hpp"
#include "tb/program/elf.hpp"
#include "tb/runner/cluster_runner.hpp"

namespace freebits::tb {
namespace {

using Figures = std::map<std::string, unsigned>;

Figures measure(unsigned cores) {
  Target target = load_target("flexv");
  target.geometry.cores = cores;
  target.geometry.banks = 2 * cores;
  const Elf elf = read_elf(FREEBITS_SW_BUILD "/cluster_timing_xpulpv2.elf");
  Cluster cluster(target);
  cluster.load(elf);
  std::string text;
  ClusterRunOptions options;
  options.console = [&text](std::string_view line) { text += line; };
  const ClusterRunResult result = run_cluster(elf, cluster, options);
  EXPECT_EQ(result.outcome, Outcome::Exited) << result.message;
  EXPECT_EQ(result.exit_code, 0U);
  Figures figures;
  std::istringstream lines(text);
  std::string name;
  for (unsigned value = 0; lines >> name >> value;) figures[name] = value;
  return figures;
}

class ClusterTiming : public testing::TestWithParam<unsigned> {};

/// L2 answers 6 cycles after the request is on the port (flexv.toml), L3 108; the rest is the
/// RTL's.
TEST_P(ClusterTiming, IsWhatTheTableSays) {
  const unsigned cores = GetParam();
  Figures figures = measure(cores);
  EXPECT_EQ(figures["cores"], cores);
  EXPECT_EQ(figures["l1_16_loads"], 16U) << "an L1 load takes one cycle";
  EXPECT_EQ(figures["own_bank_16_loads"], 16U) << "cores at different banks do not meet";
  EXPECT_EQ(figures["same_bank_16_loads"], 16U * cores) << "k cores at one bank: k cycles";
  EXPECT_EQ(figures["l2_16_loads"], 16U * 8);
  EXPECT_EQ(figures["l3_16_loads"], 16U * 110);
  EXPECT_EQ(figures["barrier_together"], 1U);
  if (cores > 1) {
    EXPECT_EQ(figures["barrier_last_arrival"], 6U);
    EXPECT_EQ(figures["event_wake"], 6U);
  }
  EXPECT_EQ(figures["timer_1000"], 1001U);
}

/// START to the instruction after the wait: 8 bytes a cycle. Whether the last word out of L1 meets
/// the sleeping core's own last access decides a few cycles of the way out.
TEST_P(ClusterTiming, OfTheDmaIsWhatTheTableSays) {
  Figures figures = measure(GetParam());
  EXPECT_EQ(figures["dma_in_1k"], 148U);
  EXPECT_EQ(figures["dma_in_4k"], 148U + 3 * 128);
  EXPECT_EQ(figures["dma_unaligned_4k"], 148U + 3 * 128 + 2) << "one more word at each end";
  EXPECT_EQ(figures["dma_rows_4k"], 148U + 3 * 128) << "a row costs nothing";
  EXPECT_GE(figures["dma_out_1k"], 145U);
  EXPECT_LE(figures["dma_out_1k"], 149U);
  EXPECT_GE(figures["dma_out_4k"], 145U + 3 * 128);
  EXPECT_LE(figures["dma_out_4k"], 149U + 3 * 128);
  EXPECT_GE(figures["dma_to_l3_4k"], 4096U) << "a byte a cycle, and not done before the last";
  EXPECT_LE(figures["dma_to_l3_4k"], 4300U);
  EXPECT_GE(figures["dma_from_l3_4k"], 4096U);
  EXPECT_LE(figures["dma_from_l3_4k"], 4300U);
  EXPECT_EQ(figures["l3_dma_1k"], 1150U);
  EXPECT_GE(figures["l3_dma_2k"], 1150U + 1024 + 2 * 12);
  EXPECT_LE(figures["l3_dma_2k"], 1150U + 1024 + 2 * 12 + 1);
}

INSTANTIATE_TEST_SUITE_P(Cores, ClusterTiming, testing::Values(1U, 2U, 4U, 8U, 16U));

}  // namespace
}  // namespace freebits::tb
