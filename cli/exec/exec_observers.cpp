// SPDX-License-Identifier: Apache-2.0
#include "cli/exec/exec_observers.hpp"

#include <fmt/format.h>

#include <utility>

#include "cli/common/commands.hpp"
#include "cli/exec/instruction_log.hpp"
#include "tb/observe/cluster_lockstep.hpp"
#include "tb/observe/gdb_stub.hpp"
#include "tb/observe/profile.hpp"
#include "tb/observe/timeline.hpp"
#include "tb/program/debug_info.hpp"

namespace freebits::cli {
namespace {

/// --check
class Check final : public ExecObserver {
 public:
  Check(const tb::Elf& elf, const tb::Cluster& cluster) : lockstep_(cluster, elf.entry) {}
  tb::ClusterObserver& observer() override { return lockstep_; }
  void finish(tb::ClusterRunResult& result) override {
    std::optional<std::string> report = lockstep_.report();
    if (!report && result.outcome == tb::Outcome::Exited) report = lockstep_.finish();
    if (!report) return;
    result.outcome = tb::Outcome::Diverged;
    result.message = *report;
  }

 private:
  tb::ClusterLockstep lockstep_;
};

/// --instructions
class Log final : public ExecObserver, tb::ClusterObserver {
 public:
  explicit Log(const std::string& file) : log_(file, true) {}
  tb::ClusterObserver& observer() override { return *this; }
  bool cycle(const tb::CycleView& view) override {
    for (unsigned core = 0; core < view.retired.size(); ++core) {
      if (view.retired[core] != nullptr) log_.add(*view.retired[core], view.cycle, core);
    }
    return true;
  }
  void finish(tb::ClusterRunResult&) override { log_.finish(); }

 private:
  InstructionLog log_;
};

/// --profile
class ProfileTable final : public ExecObserver {
 public:
  ProfileTable(const tb::Elf& elf, const tb::Cluster& cluster)
      : info_(elf.path), profile_(info_, cluster.cores()) {}
  tb::ClusterObserver& observer() override { return profile_; }
  void finish(tb::ClusterRunResult&) override {
    constexpr std::size_t kFunctions = 20;
    constexpr std::size_t kLines = 20;
    fmt::print(stderr, "{}\n{}", tb::format_profile(profile_.by_function(), "function", kFunctions),
               tb::format_profile(profile_.by_line(), "source line", kLines));
  }

 private:
  tb::DebugInfo info_;
  tb::Profile profile_;
};

/// --timeline
class TimelineFile final : public ExecObserver {
 public:
  TimelineFile(const tb::Elf& elf, const tb::Cluster& cluster, std::string file)
      : info_(elf.path), timeline_(info_, cluster.cores()), file_(std::move(file)) {}
  tb::ClusterObserver& observer() override { return timeline_; }
  void finish(tb::ClusterRunResult&) override {
    timeline_.write(file_);
    fmt::print(stderr, "{}: open it in ui.perfetto.dev (1 ns = 1 cycle{})\n", file_,
               timeline_.resolution() > 1
                   ? fmt::format("; shorter than {} cycles: merged", timeline_.resolution())
                   : "");
  }

 private:
  tb::DebugInfo info_;
  tb::Timeline timeline_;
  std::string file_;
};

/// --gdb
class Gdb final : public ExecObserver {
 public:
  Gdb(const tb::Elf& elf, tb::Cluster& cluster, std::uint16_t port)
      : stub_(cluster, elf.entry, port) {
    stub_.interrupt_with(&interrupted);
    stub_.say_with([](std::string_view line) { fmt::print(stderr, "{}\n", line); });
    fmt::print(stderr, "waiting for gdb: gdb-multiarch {} -ex 'target remote :{}'\n",
               elf.path.string(), stub_.port());
  }
  tb::ClusterObserver& observer() override { return stub_; }
  void finish(tb::ClusterRunResult& result) override {
    if (result.outcome == tb::Outcome::Exited) {
      stub_.exited(result.exit_code);
    } else if (stub_.killed()) {
      result.message = fmt::format("killed by gdb in cycle {}", result.cycles);
    } else {
      stub_.failed(result.message);
    }
  }

 private:
  tb::GdbStub stub_;
};

}  // namespace

bool ExecObservers::needed(const ExecOptions& options) {
  return options.check || options.profile || !options.timeline.empty() || options.gdb ||
         !options.instructions.empty();
}

ExecObservers::ExecObservers(const ExecOptions& options, const tb::Elf& elf, tb::Cluster& cluster) {
  if (options.check) add(std::make_unique<Check>(elf, cluster));
  if (!options.instructions.empty()) add(std::make_unique<Log>(options.instructions));
  if (options.profile) add(std::make_unique<ProfileTable>(elf, cluster));
  if (!options.timeline.empty())
    add(std::make_unique<TimelineFile>(elf, cluster, options.timeline));
  if (options.gdb) add(std::make_unique<Gdb>(elf, cluster, *options.gdb));
}

void ExecObservers::add(std::unique_ptr<ExecObserver> one) {
  pointers_.push_back(&one->observer());
  observers_.push_back(std::move(one));
}

void ExecObservers::finish(tb::ClusterRunResult& result) {
  for (const auto& observer : observers_) observer->finish(result);
}

}  // namespace freebits::cli
