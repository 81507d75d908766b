// SPDX-License-Identifier: Apache-2.0
// One core with ideal memory, on the RTL.
#include <fmt/format.h>

#include <utility>

#include "tb/core/lockstep.hpp"
#include "tb/runner/host.hpp"
#include "tb/runner/instruction_watch.hpp"
#include "tb/runner/semihosting.hpp"
#include "tb/runner/single.hpp"
#include "tb/runner/trap_watch.hpp"

namespace freebits::tb {
namespace {

constexpr std::uint64_t kPollCycles = 4096;  ///< a few hundredths of a second, with waveforms
constexpr std::uint64_t kStuckCycles = 100'000;

CoreOptions with_entry(CoreOptions options, std::uint32_t entry) {
  options.boot_address = entry;
  return options;
}

class RtlRun {
 public:
  RtlRun(const Elf& elf, SystemMemory& memory, const RunOptions& options)
      : options_(options),
        memory_(memory),
        host_memory_(memory),
        host_(elf, host_memory_, options.console),
        semihosting_(memory),
        core_(memory, with_entry(options.core, elf.entry)) {
    if (options.check) lockstep_.emplace(memory, with_entry(options.core, elf.entry));
    for (const std::uint32_t address : host_.watched()) core_.watch(address);
  }

  RunResult run() {
    while (running_) cycle();
    result_.cycles = core_.cycles();
    result_.instructions = core_.instructions();
    result_.accounting = core_.accounting();
    if (lockstep_) compare_memory();
    return std::move(result_);
  }

 private:
  void stop(Outcome outcome, std::string message) {
    running_ = false;
    result_.outcome = outcome;
    result_.message = std::move(message);
  }

  void cycle() {
    const isa::Retired* r = core_.step();
    const std::uint64_t now = core_.cycles();
    if (r != nullptr) retired(*r, now);
    if (result_.outcome == Outcome::Diverged) return;
    serve_host(now);
    if (!running_) return;
    if (r == nullptr && now - last_retirement_ > kStuckCycles) stuck();
    if (now % kPollCycles == 0) poll(now);
    if (running_ && now >= options_.max_cycles) {
      stop(Outcome::CycleLimit,
           fmt::format("not finished after {} cycles; raise --max-cycles if it is only slow", now));
    }
  }

  void retired(const isa::Retired& r, std::uint64_t now) {
    last_retirement_ = now;
    count(result_.events, r);
    if (options_.on_retire) options_.on_retire(r, now);
    if (!judge(r)) return;
    if (const auto code = semihosting_.retired(r)) {
      stop(Outcome::Exited, "");
      result_.exit_code = *code;
    } else if (traps_.retired(r, core_.trap())) {
      stop(Outcome::NoTrapHandler, traps_.message());
    } else if (loops_for_ever(r)) {
      host_.htif().flush();
      stop(Outcome::EndlessLoop, endless_loop_message(r));
    }
  }

  /// False after a difference between core and model.
  bool judge(const isa::Retired& r) {
    if (!lockstep_) return true;
    auto report = lockstep_->retire(r, core_.interrupt(), core_.cycles());
    if (report) stop(Outcome::Diverged, std::move(*report));
    return !report;
  }

  void serve_host(std::uint64_t now) {
    if (const auto address = core_.take_stored()) host_.stored(*address, now);
    Htif& htif = host_.htif();
    if (htif.pending()) htif.tick(now);
    for (const Htif::Write& write : htif.take_writes()) {
      if (lockstep_) lockstep_->host_write(write.address, write.value, core_.data_accesses());
    }
    if (host_.exit_code()) {
      stop(Outcome::Exited, "");
      result_.exit_code = *host_.exit_code();
    }
  }

  void stuck() {
    if (core_.sleeping()) {
      stop(Outcome::Asleep, "the core sleeps (wfi or cv.elw) and nothing can wake it");
      return;
    }
    const CoreSim::Waiting waiting = core_.waiting();
    stop(Outcome::Stuck,
         fmt::format("no instruction retired for {} cycles; waiting for {}", kStuckCycles,
                     waiting.data    ? fmt::format("data at {:#010x}", *waiting.data)
                     : waiting.fetch ? fmt::format("the instruction at {:#010x}", *waiting.fetch)
                                     : "nothing on either bus"));
  }

  void poll(std::uint64_t now) {
    if (options_.on_progress) options_.on_progress(now);
    if (options_.interrupted != nullptr && *options_.interrupted) {
      stop(Outcome::Interrupted, fmt::format("interrupted after {} cycles", now));
    }
  }

  /// Accesses that memory has seen may still be on their way to retirement: the core runs on until
  /// the model has caught up, and memory is what it was when the program ended.
  void compare_memory() {
    if (result_.outcome != Outcome::Exited && result_.outcome != Outcome::CycleLimit &&
        result_.outcome != Outcome::EndlessLoop) {
      return;
    }
    const std::uint64_t accesses = core_.data_accesses();
    const SystemMemory at_end = memory_;
    for (unsigned i = 0; i < kStuckCycles && lockstep_->data_accesses() < accesses; ++i) {
      const isa::Retired* r = core_.step();
      if (r != nullptr && !judge(*r)) break;
    }
    memory_ = at_end;
    if (result_.outcome == Outcome::Diverged) return;
    // More: the run was cut off between the two words of a misaligned access.
    if (lockstep_->data_accesses() > accesses) return;
    if (lockstep_->data_accesses() < accesses) {
      stop(Outcome::Diverged,
           fmt::format("the core made {} data accesses, its instructions account for {}\n",
                       accesses, lockstep_->data_accesses()));
    } else if (auto report = lockstep_->finish(memory_)) {
      stop(Outcome::Diverged, std::move(*report));
    }
  }

  const RunOptions& options_;
  SystemMemory& memory_;
  HostMemoryOf<SystemMemory> host_memory_;
  Host host_;
  Semihosting semihosting_;
  std::optional<Lockstep> lockstep_;
  CoreSim core_;
  TrapWatch traps_;
  RunResult result_;
  bool running_ = true;
  std::uint64_t last_retirement_ = 0;
};

}  // namespace

RunResult run_rtl(const Elf& elf, SystemMemory& memory, const RunOptions& options) {
  return RtlRun(elf, memory, options).run();
}

}  // namespace freebits::tb
