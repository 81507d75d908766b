// SPDX-License-Identifier: Apache-2.0
// A debugger writes the registers of a running core: nothing else may change. Programs that check
// themselves run to their end while the values they have are written to them again and again.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <random>
#include <vector>

#include "tb/runner/cluster_runner.hpp"

namespace freebits::tb {
namespace {

std::filesystem::path program(const std::string& name) {
  return std::filesystem::path(FREEBITS_SW_BUILD) / (name + ".elf");
}

/// Follows the registers, and writes them at random into cores that retire an instruction.
class Rewriter final : public ClusterObserver {
 public:
  Rewriter(Cluster& cluster, std::uint32_t entry, double probability)
      : cluster_(cluster), cores_(cluster.cores()), chance_(probability) {
    for (Core& core : cores_) core.pc = entry;
  }
  bool cycle(const CycleView& view) override {
    for (unsigned i = 0; i < cores_.size(); ++i) {
      const isa::Retired* r = view.retired[i];
      if (r == nullptr) continue;
      Core& core = cores_[i];
      if (r->rd != 0) core.x[r->rd] = r->rd_value;
      if (r->rd2 != 0) core.x[r->rd2] = r->rd2_value;
      core.pc = r->next_pc;
      if (!chance_(engine_)) continue;
      EXPECT_TRUE(cluster_.set_registers(i, core.x, core.pc));
      ++writes_;
    }
    return true;
  }
  [[nodiscard]] std::uint64_t writes() const { return writes_; }

 private:
  struct Core {
    std::array<std::uint32_t, 32> x{};
    std::uint32_t pc = 0;
  };
  Cluster& cluster_;
  std::vector<Core> cores_;
  std::mt19937 engine_{1};
  std::bernoulli_distribution chance_;
  std::uint64_t writes_ = 0;
};

class SetRegisters : public testing::TestWithParam<const char*> {};

TEST_P(SetRegisters, ChangesNothingElse) {
  const Elf elf = read_elf(program(GetParam()));
  for (const double probability : {0.02, 0.3, 1.0}) {
    Cluster cluster(load_target("flexv"), {.visibility = Visibility::Observed});
    cluster.load(elf);
    Rewriter rewriter(cluster, elf.entry, probability);
    ClusterObserver* const observers[] = {&rewriter};
    ClusterRunOptions options;
    options.max_cycles = 3'000'000;
    options.observers = observers;
    const ClusterRunResult result = run_cluster(elf, cluster, options);
    EXPECT_EQ(result.outcome, Outcome::Exited) << result.message;
    EXPECT_EQ(result.exit_code, 0U) << "probability " << probability;
    EXPECT_GT(rewriter.writes(), 20U);
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, SetRegisters,
                         testing::Values("parallel_hello_flexv", "test_cluster_sharing_flexv",
                                         "test_hwloop_xpulpv2", "test_mac_load_flexv",
                                         "test_requant_xpulpnn", "test_corev_memory_xpulpv2",
                                         "test_misaligned_rv32imc", "test_traps_flexv",
                                         "test_levels_flexv", "crc32_xpulpv2"),
                         [](const auto& info) { return std::string(info.param); });

TEST(Cluster, TakesOtherRegistersForTheNextInstruction) {
  const Elf elf = read_elf(program("parallel_hello_flexv"));
  Cluster cluster(load_target("flexv"), {.visibility = Visibility::Observed});
  cluster.load(elf);
  // Core 0 alone, at its first call of main: back to the entry, with a value that stays.
  class Once final : public ClusterObserver {
   public:
    Once(Cluster& cluster, const Elf& elf) : cluster_(cluster), elf_(elf) {}
    bool cycle(const CycleView& view) override {
      const isa::Retired* r = view.retired[0];
      if (r == nullptr) return true;
      if (written_ && !next_) next_ = *r;
      if (r->next_pc == elf_.symbol("main") && !written_) {
        std::array<std::uint32_t, 32> x{};
        x[5] = 0x12345678;
        written_ = cluster_.set_registers(0, x, elf_.entry);
      }
      return !next_;
    }
    std::optional<isa::Retired> next_;

   private:
    Cluster& cluster_;
    const Elf& elf_;
    bool written_ = false;
  } once(cluster, elf);
  EXPECT_EQ(cluster.run(1'000'000, &once), Cluster::Stop::Observer);
  ASSERT_TRUE(once.next_);
  EXPECT_EQ(once.next_->pc, elf.entry);
}

TEST(Cluster, RefusesRegistersInTheMiddleOfAnInstructionAndWithoutAnObserver) {
  const Elf elf = read_elf(program("parallel_hello_flexv"));
  const std::array<std::uint32_t, 32> x{};
  Cluster plain(load_target("flexv"));
  plain.load(elf);
  EXPECT_FALSE(plain.set_registers(0, x, elf.entry));

  Cluster cluster(load_target("flexv"), {.visibility = Visibility::Observed});
  cluster.load(elf);
  // A core that waits for its first load or store outside the cluster.
  class Waits final : public ClusterObserver {
   public:
    explicit Waits(Cluster& cluster) : cluster_(cluster) {}
    bool cycle(const CycleView& view) override {
      if (view.activity[0] != Activity::MemoryWait || view.retired[0] != nullptr) return true;
      refused_ = !cluster_.set_registers(0, {std::array<std::uint32_t, 32>{}}, 0);
      return false;
    }
    bool refused_ = false;

   private:
    Cluster& cluster_;
  } waits(cluster);
  EXPECT_EQ(cluster.run(1'000'000, &waits), Cluster::Stop::Observer);
  EXPECT_TRUE(waits.refused_);
}

}  // namespace
}  // namespace freebits::tb
