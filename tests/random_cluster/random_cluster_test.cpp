// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "../tb/cluster_programs.hpp"
#include "fairness.hpp"
#include "tb/observe/cluster_lockstep.hpp"
#include "tb/runner/cluster_runner.hpp"
#include "trial.hpp"

namespace freebits::random_cluster {
namespace {

using tb::Cluster;
using tb::Visibility;

constexpr unsigned kPrograms = 60;  ///< for each number of cores
constexpr isa::Level kLevels[] = {isa::Level::Rv32imc, isa::Level::XpulpV2, isa::Level::XpulpNN,
                                  isa::Level::Mixed, isa::Level::FlexV};

class RandomCluster : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Cores, RandomCluster, testing::Values(1U, 2U, 4U, 8U, 16U),
                         testing::PrintToStringParamName());

TEST_P(RandomCluster, AllJudgesAgreeAndEveryGoalIsReached) {
  Hits hits{};
  for (std::uint32_t i = 0; i < kPrograms; ++i) {
    const Plan plan = make_plan(kLevels[i % std::size(kLevels)], GetParam(), 1, i);
    const TrialResult result = run_trial(plan);
    ASSERT_FALSE(result.failure) << describe(plan) << *result.failure
                                 << "reproduce: fb_random_cluster --seed 1 --program " << i
                                 << " --cores " << plan.cores << " --level "
                                 << isa::name(plan.level);
    for (std::size_t b = 0; b < kBins; ++b) hits[b] += result.hits[b];
  }
  for (const std::string_view name : holes(hits, GetParam(), isa::Level::FlexV)) {
    ADD_FAILURE() << "never seen: " << name;
  }
}

TEST_P(RandomCluster, ProgramsDependOnTheirNumbersAlone) {
  const auto code = [&](std::uint64_t seed, std::uint32_t index) {
    std::vector<std::vector<std::uint8_t>> segments;
    for (const auto& s :
         make_image(make_plan(isa::Level::FlexV, GetParam(), seed, index)).elf.segments) {
      segments.push_back(s.data);
    }
    return segments;
  };
  const auto first = code(7, 3);
  EXPECT_EQ(code(7, 3), first);
  EXPECT_NE(code(7, 4), first);
  EXPECT_NE(code(8, 3), first);
}

tb::Target target_with(unsigned cores) {
  Plan plan;
  plan.level = isa::Level::FlexV;
  plan.cores = cores;
  return target_of(plan);
}

/// Every core stores to the same word as fast as it can, for ever.
test::Program hammer() {
  test::Program p = test::cluster_program();
  p.label("again");
  for (int i = 0; i < 16; ++i) p.op("sw", {.rs1 = test::kL1, .rs2 = test::kHart});
  return p.to("again", "jal");
}

/// … while the DMA copies within L1, back to back.
test::Program hammer_with_dma() {
  test::Program p = test::cluster_program();
  p.to("again", "bne", {.rs1 = test::kHart});
  p.li(test::kA, n::DmaBase);
  p.li(test::kB, n::L1Base + 0x1000);
  p.op("sw", {.rs1 = test::kA, .rs2 = test::kB, .imm = n::DmaSource});
  p.li(test::kB, n::L1Base + 0x8000);
  p.op("sw", {.rs1 = test::kA, .rs2 = test::kB, .imm = n::DmaDestination});
  p.li(test::kB, 0x1000);
  p.op("sw", {.rs1 = test::kA, .rs2 = test::kB, .imm = n::DmaBytes});
  for (int i = 0; i < 4; ++i) p.op("lw", {.rd = test::kC, .rs1 = test::kA, .imm = n::DmaStart});
  p.label("again");
  for (int i = 0; i < 16; ++i) p.op("sw", {.rs1 = test::kL1, .rs2 = test::kHart});
  return p.to("again", "jal");
}

TEST_P(RandomCluster, GrantsEveryCoreInTurnWhenAllHammerOneBank) {
  Cluster cluster(target_with(GetParam()), {.visibility = Visibility::Observed});
  test::load(cluster, hammer());
  Fairness fairness(GetParam());
  EXPECT_EQ(cluster.run(3000, &fairness), Cluster::Stop::Limit);
  for (unsigned i = 0; i < GetParam(); ++i) {
    EXPECT_EQ(fairness.longest(i), GetParam() - 1) << "core " << i;
  }
}

TEST_P(RandomCluster, GrantsTheDmaInTurnWithAllCores) {
  Cluster cluster(target_with(GetParam()), {.visibility = Visibility::Observed});
  test::load(cluster, hammer_with_dma());
  Fairness fairness(GetParam());
  EXPECT_EQ(cluster.run(20'000, &fairness), Cluster::Stop::Limit)
      << fairness.starved().value_or("");
  std::uint32_t dma = std::max(fairness.longest(GetParam()), fairness.longest(GetParam() + 1));
  EXPECT_GE(dma, GetParam() - 1);
  EXPECT_LE(dma, GetParam() + 1);
  for (unsigned i = 0; i < GetParam(); ++i) EXPECT_GE(fairness.longest(i), GetParam() - 1);
}

// Nothing above would mean anything if the judges let everything pass.

/// Changes a byte of memory behind the cluster's back.
class Flip final : public tb::ClusterObserver {
 public:
  Flip(std::uint64_t cycle, std::uint32_t address) : cycle_(cycle), address_(address) {}
  void attach(Cluster& cluster) { cluster_ = &cluster; }
  bool cycle(const tb::CycleView& view) override {
    if (view.cycle != cycle_) return true;
    std::array<std::uint8_t, 1> byte{};
    if (!cluster_->read(address_, byte)) return false;
    byte[0] ^= 0x10;
    return cluster_->write(address_, byte);
  }

 private:
  std::uint64_t cycle_;
  std::uint32_t address_;
  Cluster* cluster_ = nullptr;
};

std::string failure_with_flip(std::uint32_t address, std::uint64_t cycle = 700) {
  Flip flip(cycle, address);
  TrialOptions options;
  options.saboteur = &flip;
  options.on_start = [&](Cluster& cluster) { flip.attach(cluster); };
  return run_trial(make_plan(isa::Level::FlexV, 4, 3, 1), options).failure.value_or("none");
}

TEST(Judges, LockStepNoticesAChangedByteOfL1) {
  EXPECT_EQ(failure_with_flip(n::L1Base + kSource, ~0ULL), "none");
  for (std::uint32_t at = 0; at < kSourceBytes; at += 0x555) {
    EXPECT_EQ(judge_of(failure_with_flip(n::L1Base + kSource + at)), "lock-step") << at;
  }
}

TEST(Judges, LockStepNoticesALoadOfAChangedByte) {
  unsigned at_the_load = 0;
  for (std::uint32_t at = 0; at < kSaved; at += 16) {
    const std::string failure = failure_with_flip(kPrivate + at, 200);
    if (failure.find("core and reference model differ at pc") != std::string::npos) ++at_the_load;
  }
  EXPECT_GT(at_the_load, 3U);  // the rest is overwritten, or noticed at the end
}

TEST(Judges, ContentsOfL2AndL3AreExpectedWithoutAModel) {
  EXPECT_EQ(judge_of(failure_with_flip(kL2Data + kSource + 3)), "contents");
  EXPECT_EQ(judge_of(failure_with_flip(kL3Data + kSlots + 0x17ff)), "contents");
}

TEST(Judges, DeterminismIsAboutEveryByte) {
  EXPECT_EQ(failure_with_flip(kL2Data + 0x2000),
            "determinism: other contents when run unobserved\n");
}

TEST(Judges, ProgramsNoticeALostCount) {
  const Plan plan = make_plan(isa::Level::XpulpV2, 4, 3, 1);
  const Image image = make_image(plan);
  for (const std::uint32_t at : {kCounters, kMutexCounters, kPrivate + kPrivateBytes - 8}) {
    Cluster cluster(target_of(plan));
    cluster.load(image.elf);
    const std::array<std::uint8_t, 1> wrong = {0xa5};
    ASSERT_TRUE(cluster.write(at, wrong));
    const tb::ClusterRunResult run = run_cluster(image.elf, cluster, {});
    EXPECT_EQ(run.outcome, tb::Outcome::Exited);
    EXPECT_EQ(run.exit_code, 1U) << std::hex << at;
  }
}

TEST(Judges, ACoreThatNeverArrivesIsMissed) {
  const Plan plan = make_plan(isa::Level::XpulpV2, 2, 3, 1);
  Image image = make_image(plan);
  for (tb::Elf::Segment& segment : image.elf.segments) {
    if (segment.address != kCode + kCodeBytes) continue;
    const std::uint32_t jump_to_itself = 0x6f;
    std::copy_n(reinterpret_cast<const std::uint8_t*>(&jump_to_itself), 4, segment.data.begin());
  }
  TrialOptions options;
  options.max_cycles = 50'000;
  EXPECT_EQ(judge_of(run_trial(plan, image, options).failure.value_or("none")), "no exit");
}

TEST(Judges, FairnessCountsRefusalsInARow) {
  Fairness fairness(4);
  const auto refuse = [&](std::uint32_t masters) {
    return fairness.cycle({.cycle = 1,
                           .activity = {},
                           .retired = {},
                           .interrupt = {},
                           .accesses = {},
                           .tcdm_conflicts = masters,
                           .dma_busy = false,
                           .outside_request = {},
                           .outside_delivery = {}});
  };
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(refuse(0b10'0100));
  EXPECT_FALSE(fairness.starved());
  EXPECT_FALSE(refuse(0b10'0000));  // core 2 was granted, the DMA is passed over once too often
  EXPECT_TRUE(fairness.starved());
  EXPECT_EQ(fairness.longest(2), 5U);
}

TEST(Judges, FailuresShrinkToTheStepsThatMatter) {
  Plan plan = make_plan(isa::Level::FlexV, 4, 1, 5);
  plan.steps.push_back({.kind = Kind::Timer, .seed = 1});
  plan.steps.insert(plan.steps.begin() + 3, Step{.kind = Kind::Foreign, .seed = 2});
  const auto has = [](const Plan& p, Kind kind, std::uint64_t seed) {
    return std::ranges::any_of(p.steps,
                               [&](const Step& s) { return s.kind == kind && s.seed == seed; });
  };
  const Plan small = shrink(
      plan, [&](const Plan& p) { return has(p, Kind::Timer, 1) && has(p, Kind::Foreign, 2); });
  ASSERT_EQ(small.steps.size(), 2U);
  EXPECT_FALSE(run_trial(small).failure) << "what is left is a program";
}

// Found by the campaign.

TEST(ClusterLibrary, IsNotAllAsleepWhenTheTimerHasJustSentItsEvent) {
  for (std::int32_t compare = 1; compare < 60; ++compare) {
    Cluster cluster(target_with(1));
    test::Program p = test::cluster_program();
    p.li(test::kA, n::TimerBase).op("addi", {.rd = test::kB, .imm = compare});
    p.op("addi", {.rd = test::kC, .imm = 1}).li(test::kD, 1 << n::EventTimer);
    p.op("sw", {.rs1 = test::kEu, .rs2 = test::kD, .imm = n::EuMask});
    p.op("sw", {.rs1 = test::kA, .rs2 = test::kB, .imm = n::TimerCompare});
    p.op("sw", {.rs1 = test::kA, .rs2 = test::kC, .imm = n::TimerTargets});
    p.op("sw", {.rs1 = test::kA, .rs2 = test::kC, .imm = n::TimerControl});
    test::elw(p, test::kD, n::EuWaitClear);
    p.op("sw", {.rs1 = test::kL1, .rs2 = test::kD});
    test::load(cluster, test::sleep_for_ever(p));
    EXPECT_EQ(cluster.run(10'000), Cluster::Stop::AllAsleep);
    EXPECT_EQ(test::read_word(cluster, n::L1Base), 1U << n::EventTimer) << "compare " << compare;
  }
}

TEST(ClusterLibrary, LockStepComparesL1WheneverARunIsStopped) {
  Cluster cluster(target_with(2), {.visibility = Visibility::Observed});
  test::Program p = test::cluster_program();
  p.label("again");
  p.op("addi", {.rd = test::kA, .rs1 = test::kA, .imm = 1});
  p.op("sw", {.rs1 = test::kL1, .rs2 = test::kA});
  p.op("sb", {.rs1 = test::kL1, .rs2 = test::kHart, .imm = 2});
  p.to("again", "jal");
  test::load(cluster, p);
  tb::ClusterLockstep lockstep(cluster, n::L2Base);
  for (std::uint64_t until = 1; until < 400; ++until) {
    ASSERT_EQ(cluster.run(until, &lockstep), Cluster::Stop::Limit) << *lockstep.report();
    const auto difference = lockstep.finish();
    ASSERT_FALSE(difference) << "stopped in cycle " << until << "\n" << *difference;
  }
}

}  // namespace
}  // namespace freebits::random_cluster
