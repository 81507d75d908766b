// SPDX-License-Identifier: Apache-2.0
// One hart of the reference model.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "tb/isa/hart.hpp"
#include "tb/runner/host.hpp"
#include "tb/runner/instruction_watch.hpp"
#include "tb/runner/semihosting.hpp"
#include "tb/runner/single.hpp"
#include "tb/runner/trap_watch.hpp"

namespace freebits::tb {
namespace {

constexpr std::uint64_t kFast = 1U << 20;       ///< instructions run at a time, unseen
constexpr std::uint64_t kInspected = 1U << 12;  ///< … and then looked at one by one
constexpr std::uint32_t kMcause = 0x342;
constexpr std::uint32_t kMtval = 0x343;

/// The model's view of memory: RAM windows with holes at the watched blocks, so that stores to them
/// are seen.
class ModelMemory final : public isa::Memory {
 public:
  ModelMemory(SystemMemory& memory, std::vector<std::uint32_t> watched) : memory_(memory) {
    std::sort(watched.begin(), watched.end());
    for (SystemMemory::Region& r : memory.regions()) {
      std::uint32_t at = r.base;
      const auto add_up_to = [&](std::uint32_t end) {
        if (end != at) add_window({at, end - at, r.bytes.data() + (at - r.base), r.writable});
      };
      for (const std::uint32_t hole : watched) {
        if (!r.contains(hole, 8)) continue;
        add_up_to(hole);
        at = hole + 8;
      }
      add_up_to(r.base + static_cast<std::uint32_t>(r.bytes.size()));
    }
  }

  [[nodiscard]] std::optional<std::uint32_t> take_stored() {
    return std::exchange(stored_, std::nullopt);
  }
  std::function<void()> on_store;

 protected:
  bool device_load(std::uint32_t address, unsigned bytes, std::uint32_t& value) override {
    std::array<std::uint8_t, 4> raw{};
    if (!memory_.read(address, std::span(raw).first(bytes))) return false;
    value = raw[0] | raw[1] << 8 | raw[2] << 16 | static_cast<std::uint32_t>(raw[3]) << 24;
    return true;
  }
  bool device_store(std::uint32_t address, unsigned bytes, std::uint32_t value) override {
    const std::array<std::uint8_t, 4> raw = {
        static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8),
        static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 24)};
    const SystemMemory::Region* region = memory_.find(address, bytes);
    if (region == nullptr || !region->writable) return false;
    memory_.write(address, std::span(raw).first(bytes));
    stored_ = address;
    if (on_store) on_store();
    return true;
  }

 private:
  SystemMemory& memory_;
  std::optional<std::uint32_t> stored_;
};

class ModelRun {
 public:
  /// `stepwise`: every instruction is looked at.
  ModelRun(const Elf& elf, SystemMemory& memory, const RunOptions& options, bool stepwise)
      : options_(options),
        host_memory_(memory),
        host_(elf, host_memory_, options.console),
        semihosting_(memory),
        view_(memory, host_.watched()),
        hart_(view_, options.core.level, options.core.hart_id, elf.entry),
        stepwise_(stepwise) {
    view_.on_store = [this] { hart_.request_stop(); };
  }

  /// Nothing: traps look as if they led nowhere, and only a stepwise run can tell from where.
  std::optional<RunResult> run() {
    while (running_) {
      if (!stepwise_ && to_inspect_ == 0 && !host_.htif().pending()) run_fast();
      if (!ended()) step();
      if (!stepwise_ && lost()) return std::nullopt;
    }
    result_.instructions = hart_.order();
    return std::move(result_);
  }

 private:
  void stop(Outcome outcome, std::string message) {
    running_ = false;
    result_.outcome = outcome;
    result_.message = std::move(message);
  }

  void run_fast() {
    // The last ones before the limit are looked at: they may say why it is reached.
    const std::uint64_t left = options_.max_cycles - hart_.order();
    const auto reason = hart_.run(std::min(kFast, left - std::min(left, kInspected))).reason;
    trap_loop_ = reason == isa::StopReason::TrapLoop;
    to_inspect_ = reason == isa::StopReason::Limit ? kInspected : 1;
    traps_ = {};
    if (options_.on_progress) options_.on_progress(hart_.order());
    serve_host();
  }

  void serve_host() {
    if (const auto address = view_.take_stored()) host_.stored(*address, hart_.order());
    Htif& htif = host_.htif();
    if (htif.pending()) htif.tick(hart_.order());
    if (!host_.exit_code()) return;
    stop(Outcome::Exited, "");
    result_.exit_code = *host_.exit_code();
  }

  [[nodiscard]] bool lost() const {
    return trap_loop_ || traps_.suspicious() || result_.outcome == Outcome::NoTrapHandler;
  }

  /// Whatever ends the run without another instruction.
  bool ended() {
    if (running_ && hart_.waiting_for_interrupt()) {
      host_.htif().flush();
      serve_host();
      if (running_) stop(Outcome::Asleep, "the core sleeps (wfi) and nothing can wake it");
    } else if (running_ && hart_.order() >= options_.max_cycles) {
      stop(Outcome::CycleLimit,
           fmt::format("not finished after {} instructions; raise --max-cycles if it is only slow",
                       hart_.order()));
    } else if (running_ && options_.interrupted != nullptr && *options_.interrupted) {
      stop(Outcome::Interrupted, fmt::format("interrupted after {} instructions", hart_.order()));
    }
    return !running_;
  }

  void step() {
    if (to_inspect_ != 0) --to_inspect_;
    const isa::Retired r = hart_.step();
    if (options_.on_retire) options_.on_retire(r, hart_.order());
    if (stepwise_ && options_.on_progress && hart_.order() % kInspected == 0) {
      options_.on_progress(hart_.order());
    }
    const CoreSim::Trap trap =
        r.trap ? CoreSim::Trap{*hart_.read_csr(kMcause), *hart_.read_csr(kMtval)} : CoreSim::Trap{};
    if (const auto code = semihosting_.retired(r); code && stepwise_) {
      stop(Outcome::Exited, "");
      result_.exit_code = *code;
      return;
    }
    if (traps_.retired(r, trap)) {
      stop(Outcome::NoTrapHandler, traps_.message());
    } else if (loops_for_ever(r)) {
      host_.htif().flush();
      stop(Outcome::EndlessLoop, endless_loop_message(r));
    }
    serve_host();
  }

  const RunOptions& options_;
  HostMemoryOf<SystemMemory> host_memory_;
  Host host_;
  Semihosting semihosting_;
  ModelMemory view_;
  isa::Hart hart_;
  bool stepwise_;
  std::uint64_t to_inspect_ = 0;
  bool trap_loop_ = false;
  TrapWatch traps_;
  RunResult result_;
  bool running_ = true;
};

}  // namespace

RunResult run_model(const Elf& elf, SystemMemory& memory, const RunOptions& options) {
  if (options.on_retire || uses_semihosting(elf))
    return *ModelRun(elf, memory, options, true).run();
  std::size_t printed = 0;
  RunOptions fast = options;
  fast.console = [&](std::string_view text) {
    printed += text.size();
    options.console(text);
  };
  if (auto result = ModelRun(elf, memory, fast, false).run()) return std::move(*result);
  // From the start again, one by one; what has been printed is not printed twice.
  for (SystemMemory::Region& r : memory.regions()) std::ranges::fill(r.bytes, std::uint8_t{0});
  load(elf, memory);
  RunOptions stepwise = options;
  stepwise.console = [&](std::string_view text) {
    const std::size_t known = std::min(printed, text.size());
    printed -= known;
    if (known != text.size()) options.console(text.substr(known));
  };
  return *ModelRun(elf, memory, stepwise, true).run();
}

}  // namespace freebits::tb
