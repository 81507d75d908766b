// SPDX-License-Identifier: Apache-2.0
#include "runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <sstream>
#include <vector>

#include "interrupt_source.hpp"
#include "memory_map.hpp"
#include "tb/core/lockstep.hpp"

namespace freebits::random {
namespace {

constexpr std::uint64_t kHungAfter = 4000;  ///< cycles without a retired instruction
constexpr unsigned kTrapsInARow = 60;       ///< a handler that cannot run: nothing more to see
constexpr unsigned kTurnsAtEnd = 4;         ///< of the final jump, so that stores are done
constexpr std::uint32_t kMie = 0x304;
constexpr std::uint32_t kMcause = 0x342;
constexpr std::uint32_t kMtval = 0x343;

/// RVFI reports cause and value of a trap; the model shows them in its CSRs.
std::optional<std::string> compare_trap(const tb::CoreSim& core, const isa::Retired& retired,
                                        const isa::Hart& model) {
  const tb::CoreSim::Trap trap = core.trap();
  const std::uint32_t cause = model.read_csr(kMcause).value_or(0);
  const std::uint32_t value = model.read_csr(kMtval).value_or(0);
  if (trap.cause == cause && trap.tval == value) return std::nullopt;
  return fmt::format(
      "trap at pc {:08x}: core has cause {} tval {:08x}, model has cause {} tval {:08x}\n",
      retired.pc, trap.cause, trap.tval, cause, value);
}

std::string hung(const tb::CoreSim& core, std::uint32_t pc) {
  const tb::CoreSim::Waiting waiting = core.waiting();
  std::string text =
      fmt::format("no instruction retired for {} cycles after pc {:08x}", kHungAfter, pc);
  if (waiting.fetch) text += fmt::format(", fetch of {:08x} outstanding", *waiting.fetch);
  if (waiting.data) text += fmt::format(", access to {:08x} outstanding", *waiting.data);
  return text + "\n";
}

/// The states of the interrupt lines while the last few instructions retired. A request may be
/// withdrawn after the core has decided to take it, and instructions before may retire later still,
/// so each of these states may be the one the core decided on.
class LineHistory {
 public:
  void cycle(std::uint32_t lines) {
    if (spans_.back().back() != lines) spans_.back().push_back(lines);
  }
  void retired() {
    std::ranges::rotate(spans_, spans_.begin() + 1);
    spans_.back().assign(1, spans_[spans_.size() - 2].back());
  }
  [[nodiscard]] std::uint32_t seen() const {
    std::uint32_t all = 0;
    for (const auto& span : spans_) {
      for (const std::uint32_t lines : span) all |= lines;
    }
    return all;
  }
  /// Was `cause` ever the one that goes first?
  [[nodiscard]] bool explains(std::uint32_t cause, std::uint32_t mie) const {
    return std::ranges::any_of(spans_, [&](const auto& span) {
      return std::ranges::any_of(span,
                                 [&](std::uint32_t lines) { return first(lines & mie) == cause; });
    });
  }

 private:
  /// Priority: 31 ... 16, 11, 3, 7.
  static std::uint32_t first(std::uint32_t pending) {
    if (pending >> 16 != 0) return 31 - static_cast<std::uint32_t>(std::countl_zero(pending));
    return (pending >> 11 & 1) != 0 ? 11 : (pending >> 3 & 1) != 0 ? 3 : 7;
  }
  std::array<std::vector<std::uint32_t>, 4> spans_ = {{{0}, {0}, {0}, {0}}};
};

}  // namespace

std::string failure_signature(const std::string& report) {
  std::istringstream lines(report);
  std::string signature;
  std::string line;
  lines >> signature;
  while (std::getline(lines, line) && !line.starts_with("last ")) {
    const std::size_t values = line.find(" core ");
    if (line.starts_with("  ") && values != std::string::npos) {
      signature += ',';
      signature.append(line, 2, values - 2);
    }
  }
  return signature;
}

Runner::Runner() : memory_(make_memory()) {}
Runner::~Runner() = default;

RunResult Runner::run(const Program& program, std::uint64_t budget, Observer* observer) {
  RunResult result;
  const Image image = load(program, memory_);
  tb::CoreOptions options;
  options.level = program.level;
  options.boot_address = kProgramBase;
  options.hart_id = static_cast<std::uint32_t>(program.seed & 0xff);
  options.stall_probability = program.environment.stall_probability;
  options.stall_seed = program.environment.stall_seed;
  if (core_ == nullptr) {
    core_ = std::make_unique<tb::CoreSim>(memory_, options);
  } else {
    core_->reset(options);
  }
  tb::Lockstep check(memory_, options);
  InterruptSource interrupts(program.environment);
  if (observer != nullptr) observer->start(program);

  std::uint64_t last_retired = 0;
  std::uint32_t last_pc = kProgramBase;
  unsigned traps = 0;
  unsigned turns = 0;
  LineHistory history;
  while (result.instructions < budget && traps < kTrapsInARow && turns < kTurnsAtEnd) {
    const std::uint32_t lines = interrupts.next(core_->sleeping());
    core_->set_interrupts(lines);
    history.cycle(lines);
    check.set_interrupts(history.seen());
    const isa::Retired* retired = core_->step();
    if (retired == nullptr) {
      if (core_->cycles() - last_retired <= kHungAfter) continue;
      if (check.hart().waiting_for_interrupt() && interrupts.exhausted()) break;
      result.failure = hung(*core_, last_pc);
      break;
    }
    last_retired = core_->cycles();
    last_pc = retired->pc;
    ++result.instructions;
    const auto interrupt = core_->interrupt();
    if (interrupt && !history.explains(*interrupt, check.hart().read_csr(kMie).value_or(0))) {
      result.failure = fmt::format("interrupt {} taken at pc {:08x}, but another goes first\n",
                                   *interrupt, retired->pc);
      break;
    }
    history.retired();
    if (interrupt) interrupts.taken(*interrupt);
    result.failure = check.retire(*retired, interrupt, core_->cycles());
    if (!result.failure && retired->trap) {
      result.failure = compare_trap(*core_, *retired, check.hart());
    }
    if (result.failure) break;
    if (observer != nullptr) observer->retired(*retired, interrupt, check.hart());
    traps = retired->trap ? traps + 1 : 0;
    if (retired->pc == image.end) ++turns;
  }
  result.cycles = core_->cycles();
  result.reached_end = turns == kTurnsAtEnd;
  if (!result.failure && result.reached_end) result.failure = check.finish(memory_);
  if (observer != nullptr && !result.failure) observer->finish(*core_);
  return result;
}

}  // namespace freebits::random
