// SPDX-License-Identifier: Apache-2.0
// What looks on while a cluster runs: the timeline and the profile tell the whole story, the
// lock-step checker notices every kind of lie.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "base/error.hpp"
#include "tb/cluster_numbers.hpp"
#include "tb/observe/cluster_lockstep.hpp"
#include "tb/observe/profile.hpp"
#include "tb/observe/timeline.hpp"
#include "tb/runner/cluster_runner.hpp"

namespace freebits::tb {
namespace {

namespace fs = std::filesystem;

fs::path program(const std::string& name) { return fs::path(FREEBITS_SW_BUILD) / (name + ".elf"); }

/// A program on an observed cluster of the default target.
struct ObservedRun {
  explicit ObservedRun(const std::string& name, unsigned cores = 8)
      : elf(read_elf(program(name))), info(program(name)) {
    Target target = load_target("flexv");
    target.geometry.cores = cores;
    target.geometry.banks = 2 * cores;
    cluster.emplace(target, ClusterOptions{.visibility = Visibility::Observed});
    cluster->load(elf);
  }
  ClusterRunResult with(ClusterObserver& observer) {
    const std::array<ClusterObserver*, 1> observers = {&observer};
    ClusterRunOptions options;
    options.observers = observers;
    options.max_cycles = 10'000'000;
    return run_cluster(elf, *cluster, options);
  }
  Elf elf;
  DebugInfo info;
  std::optional<Cluster> cluster;
};

nlohmann::json read_json(const fs::path& file) {
  return nlohmann::json::parse(std::ifstream(file));
}

/// Cycle of a time in microseconds, 1 ns a cycle.
std::int64_t cycle_of(const nlohmann::json& time) {
  return std::llround(time.get<double>() * 1000);
}

/// Every track's slices, checked: in order, none reaches into the next.
std::map<std::string, std::set<std::string>> slices(const nlohmann::json& trace) {
  std::map<std::pair<int, int>, std::string> tracks;
  for (const auto& event : trace) {
    if (event["name"] == "thread_name")
      tracks[{event["pid"], event["tid"]}] = event["args"]["name"];
  }
  std::map<std::string, std::set<std::string>> names;
  std::map<std::string, std::int64_t> ends;
  for (const auto& event : trace) {
    if (event["ph"] != "X") continue;
    const std::string track = tracks.at({event["pid"], event["tid"]});
    const std::int64_t begin = cycle_of(event["ts"]), end = begin + cycle_of(event["dur"]);
    EXPECT_GE(begin, ends[track]) << track << ": " << event;
    EXPECT_GT(end, begin) << event;
    ends[track] = end;
    names[track].insert(event["name"]);
  }
  return names;
}

TEST(Timeline, ShowsFunctionsStallsTransfersAndConflicts) {
  ObservedRun run("bench_dma_xpulpv2");
  Timeline timeline(run.info, 8);
  const ClusterRunResult result = run.with(timeline);
  ASSERT_EQ(result.outcome, Outcome::Exited) << result.message;
  const fs::path file = fs::path(testing::TempDir()) / "timeline.json";
  timeline.write(file);
  const nlohmann::json trace = read_json(file)["traceEvents"];
  auto names = slices(trace);
  EXPECT_EQ(names.size(), 17U) << "eight cores with their stalls, and the DMA";
  EXPECT_TRUE(names["core 0"].contains("main"));
  EXPECT_TRUE(names["core 7"].contains("fb_work"));
  EXPECT_TRUE(names["core 0 stalls"].contains("memory_wait")) << "waits for the DMA's event";
  EXPECT_TRUE(names["core 7 stalls"].contains("barrier")) << "waits for core 0";
  EXPECT_TRUE(names["DMA"].contains("transfer"));
  // The bytes on the DMA's track are those it has moved: rate times time.
  double bytes = 0, rate = 0, since = 0;
  for (const auto& event : trace) {
    if (event["ph"] != "C" || event["name"] != "DMA bytes in L1") continue;
    bytes += rate * (cycle_of(event["ts"]) - since);
    rate = event["args"]["per cycle"];
    since = static_cast<double>(cycle_of(event["ts"]));
  }
  bytes += rate * (static_cast<double>(result.cycles) - since);
  EXPECT_GT(bytes, 1e6);
  EXPECT_EQ(static_cast<std::uint64_t>(std::llround(bytes)) % 4096, 0U) << "of whole buffers";
}

TEST(Timeline, StaysSmallHoweverLongTheRun) {
  ObservedRun run("parallel_hello_xpulpv2", 8);
  Timeline timeline(run.info, 8);
  std::array<Activity, 8> activity{};
  const std::array<const isa::Retired*, 8> retired{};
  constexpr std::uint64_t kCycles = 3'000'000;
  for (std::uint64_t cycle = 0; cycle < kCycles; ++cycle) {  // a stall every other cycle or so
    for (unsigned core = 0; core < 8; ++core) {
      activity[core] = static_cast<Activity>((cycle >> (core % 3)) % 3);
    }
    CycleView view;
    view.cycle = cycle;
    view.activity = activity;
    view.retired = retired;
    view.tcdm_conflicts = cycle % 5 == 0 ? 6 : 0;
    timeline.cycle(view);
  }
  EXPECT_LE(timeline.resolution(), 1024U) << "coarser than it need be";
  const fs::path file = fs::path(testing::TempDir()) / "long.json";
  timeline.write(file);
  EXPECT_LT(fs::file_size(file), 60U << 20);
  auto names = slices(read_json(file)["traceEvents"]);
  EXPECT_EQ(names.size(), 8U);
}

TEST(Timeline, SaysWhereItCannotWrite) {
  ObservedRun run("parallel_hello_xpulpv2", 1);
  Timeline timeline(run.info, 1);
  EXPECT_THROW(timeline.write("/no such folder/timeline.json"), Error);
}

TEST(Profile, AddsUpToEveryCycleOfEveryCore) {
  for (const char* name : {"bench_dma_xpulpv2", "test_cluster_sharing_flexv"}) {
    ObservedRun run(name);
    Profile profile(run.info, 8);
    const ClusterRunResult result = run.with(profile);
    ASSERT_EQ(result.outcome, Outcome::Exited) << result.message;
    std::uint64_t instructions = 0;
    Accounting cores{};
    for (const CoreStatistics& core : result.cores) {
      instructions += core.instructions;
      for (std::size_t i = 0; i < cores.size(); ++i) cores[i] += core.accounting[i];
    }
    for (const auto& rows : {profile.by_function(), profile.by_line()}) {
      Accounting sum{};
      std::uint64_t cycles = 0, retired = 0;
      for (const Profile::Row& row : rows) {
        cycles += row.cycles;
        retired += row.instructions;
        EXPECT_EQ(row.cycles,
                  std::accumulate(row.accounting.begin(), row.accounting.end(), std::uint64_t{0}))
            << row.where;
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += row.accounting[i];
      }
      EXPECT_EQ(cycles, result.cycles * 8) << name;
      // The retire port tells of an instruction a cycle after it has been counted.
      EXPECT_LE(retired, instructions) << name;
      EXPECT_GE(retired + 8, instructions) << name;
      EXPECT_EQ(sum, cores) << name;
    }
  }
}

TEST(Profile, NamesFunctionsAndLines) {
  ObservedRun run("parallel_hello_xpulpv2");
  Profile profile(run.info, 8);
  ASSERT_EQ(run.with(profile).outcome, Outcome::Exited);
  std::set<std::string> functions, lines;
  for (const Profile::Row& row : profile.by_function()) functions.insert(row.where);
  for (const Profile::Row& row : profile.by_line()) lines.insert(row.where);
  for (const char* name : {"_start", "main", "add", "fb_work", "printf"}) {
    EXPECT_TRUE(functions.contains(name)) << name;
  }
  EXPECT_TRUE(lines.contains("parallel_hello.c:11")) << "the loop";
  EXPECT_TRUE(lines.contains("cluster_start.S:43")) << "assembler has lines too";
}

/// Shows the checker a run with one thing changed, once, from some cycle on.
class Liar final : public ClusterObserver {
 public:
  using Lie = std::function<bool(CycleView& view, std::vector<isa::Retired>& retired,
                                 std::vector<BusAccess>& accesses)>;
  Liar(ClusterLockstep& checker, std::uint64_t from, Lie lie)
      : checker_(checker), from_(from), lie_(std::move(lie)) {}

  bool cycle(const CycleView& view) override {
    if (told_ || view.cycle < from_) return checker_.cycle(view);
    CycleView changed = view;
    std::vector<isa::Retired> retired(view.retired.size());
    std::vector<const isa::Retired*> pointers(view.retired.begin(), view.retired.end());
    for (std::size_t i = 0; i < retired.size(); ++i) {
      if (pointers[i] == nullptr) continue;
      retired[i] = *pointers[i];
      pointers[i] = &retired[i];
    }
    std::vector<BusAccess> accesses(view.accesses.begin(), view.accesses.end());
    std::vector<std::optional<std::uint32_t>> interrupt(view.interrupt.begin(),
                                                        view.interrupt.end());
    changed.retired = pointers;
    changed.interrupt = interrupt;
    told_ = lie_(changed, retired, accesses);
    changed.accesses = accesses;
    return checker_.cycle(changed);
  }
  [[nodiscard]] bool told() const { return told_; }

 private:
  ClusterLockstep& checker_;
  std::uint64_t from_;
  Lie lie_;
  bool told_ = false;
};

struct Case {
  const char* name;
  Liar::Lie lie;
};

const Case kCases[] = {
    {"a result",
     [](CycleView& v, std::vector<isa::Retired>& r, std::vector<BusAccess>&) {
       if (v.retired[3] == nullptr || r[3].rd == 0) return false;
       r[3].rd_value ^= 0x10;
       return true;
     }},
    {"a pc",
     [](CycleView& v, std::vector<isa::Retired>& r, std::vector<BusAccess>&) {
       if (v.retired[5] == nullptr) return false;
       r[5].pc += 2;
       return true;
     }},
    {"a stored word on the bus",
     [](CycleView&, std::vector<isa::Retired>&, std::vector<BusAccess>& a) {
       for (BusAccess& access : a) {
         if (!access.write || access.master >= 8) continue;
         access.data ^= access.byte_enable & 1 ? 1 : 0x1000000;
         if ((access.byte_enable & 9) != 0) return true;
       }
       return false;
     }},
    {"an address on the bus",
     [](CycleView&, std::vector<isa::Retired>&, std::vector<BusAccess>& a) {
       for (BusAccess& access : a) {
         if (access.master >= 8) continue;
         access.address ^= 0x40;
         return true;
       }
       return false;
     }},
    {"an access that disappears",
     [](CycleView&, std::vector<isa::Retired>&, std::vector<BusAccess>& a) {
       if (a.empty() || a.front().master >= 8) return false;
       a.erase(a.begin());
       return true;
     }},
    {"a loaded word",
     [](CycleView& v, std::vector<isa::Retired>& r, std::vector<BusAccess>&) {
       for (std::size_t i = 0; i < r.size(); ++i) {
         const bool l1 = r[i].mem_addr - cluster_numbers::L1Base < 0x20000;
         if (v.retired[i] == nullptr || r[i].mem_rmask == 0 || r[i].rd == 0 || !l1) continue;
         r[i].mem_rdata ^= 1;
         r[i].rd_value ^= 1;
         return true;
       }
       return false;
     }},
};

TEST(ClusterLockstep, NoticesEveryKindOfDifference) {
  for (const Case& kind : kCases) {
    ObservedRun run("test_cluster_sharing_flexv");
    ClusterLockstep checker(*run.cluster, run.elf.entry);
    Liar liar(checker, 20'000, kind.lie);
    const ClusterRunResult result = run.with(liar);
    ASSERT_TRUE(liar.told()) << kind.name << ": never possible";
    ASSERT_TRUE(checker.report() || checker.finish()) << kind.name;
    if (checker.report()) {
      EXPECT_NE(checker.report()->find("core"), std::string::npos) << *checker.report();
    }
  }
}

TEST(ClusterLockstep, AgreesOnEveryNumberOfCores) {
  for (const unsigned cores : {1U, 2U, 4U, 8U, 16U}) {
    ObservedRun run("test_cluster_sharing_flexv", cores);
    ClusterLockstep checker(*run.cluster, run.elf.entry);
    const ClusterRunResult result = run.with(checker);
    EXPECT_EQ(result.outcome, Outcome::Exited) << result.message;
    EXPECT_FALSE(checker.report()) << checker.report().value_or("");
    EXPECT_FALSE(checker.finish()) << checker.finish().value_or("");
  }
}

TEST(ClusterLockstep, NoticesAWordOfL1ThatChangesByItself) {
  ObservedRun run("test_cluster_sharing_flexv");
  ClusterLockstep checker(*run.cluster, run.elf.entry);
  const std::uint32_t address = cluster_numbers::L1Base + 0x8000;  // nobody's
  const std::array<std::uint8_t, 1> byte = {1};
  ASSERT_TRUE(run.cluster->write(address, byte));
  EXPECT_EQ(run.with(checker).outcome, Outcome::Exited);
  ASSERT_TRUE(checker.finish());
  EXPECT_NE(checker.finish()->find("10008000"), std::string::npos) << *checker.finish();
}

}  // namespace
}  // namespace freebits::tb
