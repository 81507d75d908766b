// SPDX-License-Identifier: Apache-2.0
#include "freebits/tb/runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "freebits/isa/decode.hpp"
#include "freebits/isa/disassemble.hpp"
#include "freebits/isa/hart.hpp"
#include "freebits/tb/corev_peripherals.hpp"
#include "freebits/tb/htif.hpp"
#include "freebits/tb/lockstep.hpp"

namespace freebits::tb {
namespace {

constexpr std::uint64_t kProgressCycles = 1U << 20;
constexpr std::uint64_t kStuckCycles = 100'000;

constexpr std::uint32_t kMcause = 0x342;
constexpr std::uint32_t kMtval = 0x343;

std::string_view cause_name(std::uint32_t cause) {
  switch (cause) {
    case 1:
      return "instruction access fault";
    case 2:
      return "illegal instruction";
    case 3:
      return "breakpoint";
    case 5:
      return "load access fault";
    case 7:
      return "store access fault";
    case 11:
      return "environment call";
    default:
      return "trap";
  }
}

/// The trap a program died of: the first of a chain in which handlers only trap again.
class TrapWatch {
 public:
  /// True when the handler's first instruction traps to itself: nothing will ever change.
  bool hopeless(const isa::Retired& r, CoreSim::Trap trap) {
    if (!r.trap) {
      first_.reset();
      return false;
    }
    if (!first_ || !r.intr) first_ = First{r, trap};
    return r.pc == r.next_pc;
  }

  [[nodiscard]] std::string message() const {
    const isa::Retired& r = first_->retired;
    return fmt::format(
        "{} (mcause {}, mtval {:#010x}) at pc {:#010x}: {}; no trap handler at {:#010x}",
        cause_name(first_->trap.cause), first_->trap.cause, first_->trap.tval, r.pc,
        isa::disassemble(r.insn, r.pc), r.next_pc);
  }

 private:
  struct First {
    isa::Retired retired;
    CoreSim::Trap trap;
  };
  std::optional<First> first_;
};

/// Whoever listens on the host side: HTIF if the program has `tohost`, else the CORE-V peripherals.
class Host {
 public:
  Host(const Elf& elf, SystemMemory& memory, const Htif::Console& console)
      : htif_(elf, memory, console), corev_(memory, console) {}

  [[nodiscard]] std::vector<std::uint32_t> watched() const {
    if (htif_.tohost()) return {*htif_.tohost()};
    return {CorevPeripherals::kWatched.begin(), CorevPeripherals::kWatched.end()};
  }
  void stored(std::uint32_t address, std::uint64_t now) {
    if (htif_.tohost()) {
      htif_.stored(address, now);
    } else {
      corev_.stored(address);
    }
  }
  [[nodiscard]] std::optional<std::uint32_t> exit_code() const {
    return htif_.exit_code() ? htif_.exit_code() : corev_.exit_code();
  }
  Htif& htif() { return htif_; }

 private:
  Htif htif_;
  CorevPeripherals corev_;
};

void count(Events& events, const isa::Retired& r) {
  if (r.trap) {
    ++events.traps;
    return;
  }
  const unsigned length = isa::insn_length(r.insn);
  events.compressed += length == 2 ? 1 : 0;
  events.loads += r.mem_rmask != 0 ? 1 : 0;
  events.stores += r.mem_wmask != 0 ? 1 : 0;
  std::uint32_t insn = r.insn;
  if (length == 2) insn = isa::expand_compressed(static_cast<std::uint16_t>(insn)).value_or(0);
  const std::uint32_t opcode = insn & 0x7f;
  const bool immediate_branch = opcode == 0x0b && (insn >> 13 & 3) == 3;
  if (opcode == 0x63 || immediate_branch) {
    ++events.branches;
    events.taken_branches += r.next_pc != r.pc + length ? 1 : 0;
  } else if (opcode == 0x6f || opcode == 0x67) {
    ++events.jumps;
  }
}

/// A jump or taken branch to itself. (The only instruction of a hardware loop also follows itself,
/// but not for ever.)
bool loops_for_ever(const isa::Retired& r) {
  if (r.trap || r.next_pc != r.pc) return false;
  std::uint32_t insn = r.insn;
  if (isa::insn_length(insn) == 2) {
    insn = isa::expand_compressed(static_cast<std::uint16_t>(insn)).value_or(0);
  }
  const isa::InsnSpec* spec = isa::decode(insn, isa::Level::FlexV);
  return spec != nullptr && (spec->has(isa::kJump) || spec->has(isa::kBranch));
}

RunResult run_rtl(const Elf& elf, SystemMemory& memory, const RunOptions& options) {
  CoreOptions core_options = options.core;
  core_options.boot_address = elf.entry;
  Host host(elf, memory, options.console);
  Htif& htif = host.htif();
  std::optional<Lockstep> lockstep;
  if (options.check) lockstep.emplace(memory, core_options);
  CoreSim core(memory, core_options);
  for (const std::uint32_t address : host.watched()) core.watch(address);

  RunResult result;
  TrapWatch traps;
  std::uint64_t last_retirement = 0;
  const auto stop = [&](Outcome outcome, std::string message) {
    result.outcome = outcome;
    result.message = std::move(message);
  };

  bool running = true;
  while (running) {
    const isa::Retired* r = core.step();
    const std::uint64_t now = core.cycles();
    if (r != nullptr) {
      last_retirement = now;
      count(result.events, *r);
      if (options.on_retire) options.on_retire(*r, now);
      if (lockstep) {
        if (auto report = lockstep->retire(*r, core.interrupt(), now)) {
          stop(Outcome::Diverged, std::move(*report));
          break;
        }
      }
      if (r->trap && traps.hopeless(*r, core.trap())) {
        stop(Outcome::NoTrapHandler, traps.message());
        running = false;
      } else if (loops_for_ever(*r)) {
        if (htif.pending()) htif.flush();
        if (!host.exit_code()) {
          stop(Outcome::EndlessLoop,
               fmt::format("endless loop at pc {:#010x}: {} with no interrupt to leave it", r->pc,
                           isa::disassemble(r->insn, r->pc)));
          running = false;
        }
      } else if (!r->trap) {
        traps.hopeless(*r, {});
      }
    }
    if (const auto address = core.take_stored()) host.stored(*address, now);
    if (htif.pending()) htif.tick(now);
    if (host.exit_code()) {
      stop(Outcome::Exited, "");
      result.exit_code = *host.exit_code();
      running = false;
    }
    for (const Htif::Write& write : htif.take_writes()) {
      if (lockstep) lockstep->host_write(write.address, write.value);
    }
    if (r == nullptr && now - last_retirement > kStuckCycles) {
      if (core.sleeping()) {
        stop(Outcome::Asleep, "the core sleeps (wfi or cv.elw) and nothing can wake it");
      } else {
        const CoreSim::Waiting waiting = core.waiting();
        stop(
            Outcome::Stuck,
            fmt::format("no instruction retired for {} cycles; waiting for {}", kStuckCycles,
                        waiting.data    ? fmt::format("data at {:#010x}", *waiting.data)
                        : waiting.fetch ? fmt::format("the instruction at {:#010x}", *waiting.fetch)
                                        : "nothing on either bus"));
      }
      running = false;
    }
    if (running && now >= options.max_cycles) {
      stop(Outcome::CycleLimit,
           fmt::format("not finished after {} cycles; raise --max-cycles if it is only slow", now));
      running = false;
    }
    if (now % kProgressCycles == 0) {
      if (options.on_progress) options.on_progress(now);
      if (options.interrupted != nullptr && *options.interrupted) {
        stop(Outcome::Interrupted, fmt::format("interrupted after {} cycles", now));
        running = false;
      }
    }
  }

  if (lockstep && result.outcome == Outcome::Exited) {
    // The store that ended the run may still be on its way to retirement.
    for (unsigned i = 0; i < 64; ++i) {
      if (const isa::Retired* r = core.step()) {
        if (auto report = lockstep->retire(*r, core.interrupt(), core.cycles())) {
          stop(Outcome::Diverged, std::move(*report));
          break;
        }
      }
    }
  }
  result.cycles = core.cycles();
  result.instructions = core.instructions();
  result.accounting = core.accounting();
  return result;
}

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

/// `stepwise`: every instruction is looked at, so that the first trap of a chain can be named.
RunResult run_model(const Elf& elf, SystemMemory& memory, const RunOptions& options,
                    bool stepwise) {
  Host host(elf, memory, options.console);
  Htif& htif = host.htif();
  ModelMemory view(memory, host.watched());
  isa::Hart hart(view, options.core.level, options.core.hart_id, elf.entry);
  view.on_store = [&hart] { hart.request_stop(); };

  RunResult result;
  TrapWatch traps;
  const auto trap_csrs = [&hart] {
    return CoreSim::Trap{hart.read_csr(kMcause).value_or(0), hart.read_csr(kMtval).value_or(0)};
  };
  const auto serve_host = [&] {
    if (const auto address = view.take_stored()) host.stored(*address, hart.order());
    if (htif.pending()) htif.tick(hart.order());
  };
  while (true) {
    // As many instructions as possible without a report, then one with.
    if (!stepwise && !htif.pending() && hart.order() < options.max_cycles) {
      const std::uint64_t left = options.max_cycles - hart.order();
      const auto reason = hart.run(std::min(kProgressCycles, left)).reason;
      if (reason == isa::StopReason::TrapLoop) {
        RunOptions silent = options;
        silent.console = [](std::string_view) {};
        load(elf, memory);
        return run_model(elf, memory, silent, true);
      }
      if (options.on_progress) options.on_progress(hart.order());
      serve_host();
    }
    const bool sleeping = hart.waiting_for_interrupt();
    const isa::Retired r = sleeping ? isa::Retired{} : hart.step();
    if (options.on_retire && !sleeping) options.on_retire(r, hart.order());
    const bool hopeless = traps.hopeless(r, trap_csrs());
    const bool loops = !sleeping && loops_for_ever(r);
    serve_host();
    if (htif.pending() && loops) htif.flush();

    result.outcome = Outcome::Exited;
    if (host.exit_code()) {
      result.exit_code = *host.exit_code();
    } else if (hopeless) {
      result.outcome = Outcome::NoTrapHandler;
      result.message = traps.message();
    } else if (loops) {
      result.outcome = Outcome::EndlessLoop;
      result.message = fmt::format("endless loop at pc {:#010x}: {} with no interrupt to leave it",
                                   r.pc, isa::disassemble(r.insn, r.pc));
    } else if (sleeping) {
      result.outcome = Outcome::Asleep;
      result.message = "the core sleeps (wfi) and nothing can wake it";
    } else if (hart.order() >= options.max_cycles) {
      result.outcome = Outcome::CycleLimit;
      result.message =
          fmt::format("not finished after {} instructions; raise --max-cycles if it is only slow",
                      hart.order());
    } else if (options.interrupted != nullptr && *options.interrupted) {
      result.outcome = Outcome::Interrupted;
      result.message = fmt::format("interrupted after {} instructions", hart.order());
    } else {
      continue;
    }
    break;
  }
  result.instructions = hart.order();
  return result;
}

}  // namespace

RunResult run_program(const Elf& elf, SystemMemory& memory, const RunOptions& options) {
  load(elf, memory);
  if (!options.model) return run_rtl(elf, memory, options);
  return run_model(elf, memory, options, static_cast<bool>(options.on_retire));
}

}  // namespace freebits::tb
