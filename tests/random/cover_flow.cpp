// SPDX-License-Identifier: Apache-2.0
// Branches, jumps, hardware loops.
#include <fmt/format.h>

#include "cover_points.hpp"

namespace freebits::random {

using isa::Op;

namespace {

/// Branch x {not taken, taken to a multiple of 4, taken to 2 mod 4}; jump x target modulo 4.
class Branches final : public CoverPoint {
 public:
  Branches(Bins& bins, isa::Level level) : first_(isa::instructions().size(), -1) {
    bins.group("branch or jump x target");
    for (const isa::InsnSpec& spec : isa::instructions()) {
      if (spec.level > level || (!spec.has(isa::kBranch) && !spec.has(isa::kJump))) continue;
      first_[row_index(spec)] = bins.add(fmt::format("{} to 0 mod 4", spec.mnemonic));
      bins.add(fmt::format("{} to 2 mod 4", spec.mnemonic));
      if (spec.has(isa::kBranch)) bins.add(fmt::format("{} not taken", spec.mnemonic));
    }
  }

  void sample(const Event& event, Bins& bins) override {
    if (event.spec == nullptr || event.retired->trap) return;
    const int first = first_[row_index(*event.spec)];
    if (first < 0) return;
    const isa::Retired& r = *event.retired;
    const bool taken = event.unit == Unit::Jump ||
                       r.next_pc == r.pc + static_cast<std::uint32_t>(event.operands.imm);
    bins.hit(taken ? first + ((r.next_pc & 2) != 0 ? 1 : 0) : first + 2);
  }

 private:
  std::vector<int> first_;
};

LoopLast last_of(const Event& event, bool taken) {
  if (event.retired->trap) return LoopLast::Trap;
  if (event.unit == Unit::Branch) return taken ? LoopLast::BranchTaken : LoopLast::BranchNotTaken;
  if (event.length() == 2 && event.unit == Unit::Alu) return LoopLast::Compressed;
  switch (*event.unit) {
    case Unit::Mul:
      return LoopLast::Mul;
    case Unit::Mulh:
      return LoopLast::Mulh;
    case Unit::Div:
      return LoopLast::Div;
    case Unit::Dotp:
      return LoopLast::Dotp;
    case Unit::Load:
      return LoopLast::Load;
    case Unit::Store:
      return LoopLast::Store;
    case Unit::Jump:
      return LoopLast::Jump;
    case Unit::Csr:
      return LoopLast::Csr;
    case Unit::HwLoop:
      return LoopLast::HwLoop;
    case Unit::MacLoad:
      return LoopLast::MacLoad;
    case Unit::System:
      return LoopLast::Fence;
    default:
      return LoopLast::Alu;
  }
}

/// The loop registers as the last instruction left them.
struct LoopState {
  std::uint32_t start = 0, end = 0, count = 0;
  [[nodiscard]] bool inside(std::uint32_t pc) const {
    return count != 0 && pc >= start && pc < end;
  }
};

class Loops final : public CoverPoint {
 public:
  Loops(Bins& bins, isa::Level level) {
    bins.group("hardware loop x last instruction");
    for (unsigned loop = 0; loop < 2; ++loop) {
      for (std::size_t i = 0; i < kLoopLastNames.size(); ++i) {
        last_[loop][i] = loop_last_possible(static_cast<LoopLast>(i), level)
                             ? bins.add(fmt::format("loop {} {}", loop, kLoopLastNames[i]))
                             : -1;
      }
    }
    bins.group("hardware loop x event");
    for (unsigned loop = 0; loop < 2; ++loop) {
      for (std::size_t i = 0; i < kEvents.size(); ++i) {
        event_[loop][i] = bins.add(fmt::format("loop {} {}", loop, kEvents[i]));
      }
    }
    for (const std::string_view name : kShared) {
      shared_.push_back(bins.add(fmt::format("ends on one instruction: {}", name)));
    }
  }

  void start(const Program&) override { loops_ = {}; }

  void sample(const Event& event, Bins& bins) override {
    const isa::Retired& r = *event.retired;
    const std::uint32_t npc = r.pc + event.length();
    const bool at_end = (loops_[0].count != 0 && npc == loops_[0].end) ||
                        (loops_[1].count != 0 && npc == loops_[1].end);
    const bool writes = event.unit == Unit::HwLoop && !r.trap;
    if (at_end || writes) {
      const auto before = loops_;
      refresh(*event.model);
      for (unsigned loop = 0; loop < 2; ++loop) count_end(event, bins, loop, before[loop], npc);
      count_shared(bins, before, npc, event);
      if (writes) count_writes(event, bins, before);
    }
    count_crossings(event, bins, npc);
  }

 private:
  enum LoopEvent {
    Iterates,
    Finishes,
    Body4,
    Body8,
    Body16,
    BodyLong,
    SetupInOther,
    OwnCount,
    Out,
    In
  };
  static constexpr std::array<std::string_view, 10> kEvents = {"iterates",
                                                               "finishes",
                                                               "body of 4 bytes",
                                                               "body of 8 bytes",
                                                               "body of 12 or 16 bytes",
                                                               "longer body",
                                                               "written inside the other loop",
                                                               "count written inside the loop",
                                                               "jump out",
                                                               "jump into the middle"};
  static constexpr std::array<std::string_view, 3> kShared = {
      "0 iterates", "0 finishes, 1 iterates", "both finish"};

  void refresh(const isa::Hart& model) {
    for (std::uint32_t i = 0; i < 2; ++i) {
      const std::uint32_t base = 0xcc0 + 4 * i;
      loops_[i] = {model.read_csr(base).value_or(0), model.read_csr(base + 1).value_or(0),
                   model.read_csr(base + 2).value_or(0)};
    }
  }

  void count_end(const Event& event, Bins& bins, unsigned loop, const LoopState& before,
                 std::uint32_t npc) {
    const isa::Retired& r = *event.retired;
    if (!event.unit && !r.trap) return;
    const bool own_write = event.unit == Unit::HwLoop && event.operands.loop == loop;
    if (npc != (own_write ? loops_[loop].end : before.end) || (before.count == 0 && !own_write)) {
      return;
    }
    const bool taken = event.unit == Unit::Branch &&
                       r.next_pc == r.pc + static_cast<std::uint32_t>(event.operands.imm);
    bins.hit(last_[loop][static_cast<std::size_t>(last_of(event, taken))]);
    if (r.trap || taken || event.unit == Unit::Jump || own_write) return;
    if (loops_[loop].count == before.count) return;  // loop 0 went first
    bins.hit(event_[loop][before.count > 1 ? Iterates : Finishes]);
    const std::uint32_t bytes = before.end - before.start;
    if (bytes == 4) bins.hit(event_[loop][Body4]);
    if (bytes == 8) bins.hit(event_[loop][Body8]);
    if (bytes == 12 || bytes == 16) bins.hit(event_[loop][Body16]);
    if (bytes > 16 && bytes < 4096) bins.hit(event_[loop][BodyLong]);
  }

  void count_shared(Bins& bins, const std::array<LoopState, 2>& before, std::uint32_t npc,
                    const Event& event) {
    const bool shared = before[0].end == before[1].end && npc == before[0].end &&
                        before[0].count != 0 && before[1].count != 0;
    if (!shared || event.retired->trap || event.unit == Unit::HwLoop) return;
    const bool first = loops_[0].count != before[0].count;
    if (!first) return;
    if (before[0].count > 1)
      bins.hit(shared_[0]);
    else
      bins.hit(before[1].count > 1 ? shared_[1] : shared_[2]);
  }

  void count_writes(const Event& event, Bins& bins, const std::array<LoopState, 2>& before) {
    const unsigned loop = event.operands.loop;
    if (before[1 - loop].inside(event.retired->pc)) bins.hit(event_[loop][SetupInOther]);
    const bool counts = event.spec->op == Op::CvCount || event.spec->op == Op::CvCounti;
    if (counts && before[loop].inside(event.retired->pc)) bins.hit(event_[loop][OwnCount]);
  }

  void count_crossings(const Event& event, Bins& bins, std::uint32_t npc) {
    if (event.unit != Unit::Branch && event.unit != Unit::Jump) return;
    const isa::Retired& r = *event.retired;
    if (r.trap || r.next_pc == npc) return;
    for (unsigned loop = 0; loop < 2; ++loop) {
      const bool from = loops_[loop].inside(r.pc);
      const bool to = loops_[loop].inside(r.next_pc);
      if (from && !to) bins.hit(event_[loop][Out]);
      if (!from && to && r.next_pc != loops_[loop].start) bins.hit(event_[loop][In]);
    }
  }

  std::array<std::array<int, kLoopLastNames.size()>, 2> last_{};
  std::array<std::array<int, kEvents.size()>, 2> event_{};
  std::vector<int> shared_;
  std::array<LoopState, 2> loops_{};
};

}  // namespace

std::unique_ptr<CoverPoint> cover_branches(Bins& bins, isa::Level level) {
  return std::make_unique<Branches>(bins, level);
}
std::unique_ptr<CoverPoint> cover_loops(Bins& bins, isa::Level level) {
  return std::make_unique<Loops>(bins, level);
}

}  // namespace freebits::random
