// SPDX-License-Identifier: Apache-2.0
// Traps, CSR accesses, interrupts.
#include <fmt/format.h>

#include <map>

#include "cover_points.hpp"

namespace freebits::random {
namespace {

constexpr std::uint32_t kMtval = 0x343;
constexpr std::uint32_t kMip = 0x344;
constexpr std::uint32_t kMie = 0x304;
constexpr std::uint32_t kMepc = 0x341;
constexpr std::uint32_t kMtvec = 0x305;

/// Cause x length, fetch faults by half, cause x unit of the instruction before.
class Traps final : public CoverPoint {
 public:
  explicit Traps(Bins& bins) {
    bins.group("trap cause x instruction length");
    first_half_ = bins.add("1 fetch fault");
    second_half_ = bins.add("1 fetch fault in the second half");
    for (const std::uint32_t cause : {2U, 3U, 5U, 7U}) {
      by_length_[{cause, 2}] = bins.add(fmt::format("{} at 16 bit", cause));
      by_length_[{cause, 4}] = bins.add(fmt::format("{} at 32 bit", cause));
    }
    by_length_[{11, 4}] = bins.add("11 ecall");
    bins.group("trap cause x instruction before");
    for (const std::uint32_t cause : {2U, 3U, 5U, 7U, 11U}) {
      for (const Unit unit : {Unit::Alu, Unit::Mul, Unit::Load, Unit::Store}) {
        after_[{cause, unit}] =
            bins.add(fmt::format("{} after {}", cause, kUnitNames[static_cast<std::size_t>(unit)]));
      }
    }
  }

  void sample(const Event& event, Bins& bins) override {
    if (event.retired->trap) count(event, bins);
    before_ = event.unit;
  }

 private:
  void count(const Event& event, Bins& bins) {
    if (event.cause == 1) {
      const bool second = event.model->read_csr(kMtval) != event.retired->pc;
      bins.hit(second ? second_half_ : first_half_);
      return;
    }
    const auto length = by_length_.find({event.cause, event.length()});
    if (length != by_length_.end()) bins.hit(length->second);
    if (!before_) return;
    const auto after = after_.find({event.cause, *before_});
    if (after != after_.end()) bins.hit(after->second);
  }

  int first_half_ = 0;
  int second_half_ = 0;
  std::map<std::pair<std::uint32_t, unsigned>, int> by_length_;
  std::map<std::pair<std::uint32_t, Unit>, int> after_;
  std::optional<Unit> before_;
};

/// CSR x operation x {operand field zero or not}; accesses that must trap.
class Csrs final : public CoverPoint {
 public:
  Csrs(Bins& bins, isa::Level level) : level_(level), first_(4096, -1) {
    bins.group("CSR x operation");
    for (const isa::CsrSpec& csr : isa::csrs()) {
      if (csr.level > level) continue;
      for (unsigned i = 0; i < 12; ++i) {
        const bool zero = i >= 6;
        const int bin =
            bins.add(fmt::format("{} {}{}{}", csr.name, kOperations[i % 6], zero ? " 0" : "",
                                 csr.read_only() && writes(i % 6, zero) ? " traps" : ""));
        if (i == 0) first_[csr.number] = bin;
      }
    }
    bins.group("missing CSR x operation traps");
    for (const std::string_view name : kOperations) missing_.push_back(bins.add(std::string(name)));
    if (level == isa::Level::FlexV) return;
    bins.group("CSR above the level x operation traps");
    for (const std::string_view name : kOperations) above_.push_back(bins.add(std::string(name)));
  }

  void sample(const Event& event, Bins& bins) override {
    if (event.unit != Unit::Csr) return;
    const auto number = static_cast<std::uint32_t>(event.operands.imm);
    const auto operation =
        static_cast<std::size_t>(event.spec->op) - static_cast<std::size_t>(isa::Op::Csrrw);
    const bool zero = (event.retired->insn >> 15 & 31) == 0;
    if (isa::find_csr(number, level_) != nullptr) {
      bins.hit(first_[number] + static_cast<int>(operation) + (zero ? 6 : 0));
    } else if (event.cause == 2) {
      const bool above = isa::find_csr(number, isa::Level::FlexV) != nullptr;
      bins.hit(above ? above_[operation] : missing_[operation]);
    }
  }

 private:
  static constexpr std::string_view kOperations[] = {"csrrw",  "csrrs",  "csrrc",
                                                     "csrrwi", "csrrsi", "csrrci"};
  static bool writes(unsigned operation, bool zero) { return operation % 3 == 0 || !zero; }

  isa::Level level_;
  std::vector<int> first_;
  std::vector<int> missing_, above_;
};

/// Cause, vectored or not, unit of the instruction before and of the one that had to wait.
class Interrupts final : public CoverPoint {
 public:
  Interrupts(Bins& bins, isa::Level level) {
    bins.group("interrupt cause x vectoring");
    for (unsigned cause = 0; cause < 32; ++cause) {
      if (cause < 16 && cause != 3 && cause != 7 && cause != 11) continue;
      direct_[cause] = bins.add(fmt::format("{} direct", cause));
      vectored_[cause] = bins.add(fmt::format("{} vectored", cause));
    }
    bins.group("interrupt over another");
    over_ = {bins.add("fast over lower fast"), bins.add("fast over 11"), bins.add("11 over 3"),
             bins.add("11 over 7"), bins.add("3 over 7")};
    bins.group("interrupt after / before a unit");
    for (std::size_t i = 0; i < kUnitNames.size(); ++i) {
      const auto unit = static_cast<Unit>(i);
      after_[i] = preempted_[i] = -1;
      if ((unit == Unit::Dotp || unit == Unit::HwLoop) && level < isa::Level::XpulpV2) continue;
      if (unit == Unit::MacLoad && level < isa::Level::FlexV) continue;
      after_[i] = bins.add(fmt::format("after {}", kUnitNames[i]));
      preempted_[i] = bins.add(fmt::format("before {}", kUnitNames[i]));
    }
    after_trap_ = bins.add("right after an exception's handler returned");
    loop_back_ = level >= isa::Level::XpulpV2 ? bins.add("at a hardware loop's end") : -1;
  }

  void start(const Program&) override {
    before_.reset();
    waiting_.reset();
    looped_ = returned_ = false;
  }

  void sample(const Event& event, Bins& bins) override {
    if (event.interrupt) count(event, bins);
    if (waiting_ && event.retired->pc == *waiting_) {
      if (event.unit) bins.hit(preempted_[static_cast<std::size_t>(*event.unit)]);
      waiting_.reset();
    }
    before_ = event.retired->trap ? std::nullopt : event.unit;
    const bool flows = event.unit == Unit::Branch || event.unit == Unit::Jump;
    looped_ = !event.retired->trap && !flows && event.unit &&
              event.retired->next_pc != event.retired->pc + event.length();
    returned_ = event.spec != nullptr && event.spec->op == isa::Op::Mret;
  }

 private:
  void count(const Event& event, Bins& bins) {
    const std::uint32_t cause = *event.interrupt;
    const bool vectored = (event.model->read_csr(kMtvec).value_or(0) & 1) != 0;
    bins.hit(vectored ? vectored_[cause] : direct_[cause]);
    count_over(cause,
               event.model->read_csr(kMip).value_or(0) & event.model->read_csr(kMie).value_or(0),
               bins);
    if (before_) bins.hit(after_[static_cast<std::size_t>(*before_)]);
    if (looped_) bins.hit(loop_back_);
    if (returned_) bins.hit(after_trap_);
    waiting_ = event.model->read_csr(kMepc);
  }

  void count_over(std::uint32_t cause, std::uint32_t pending, Bins& bins) const {
    const auto up = [pending](unsigned line) { return (pending >> line & 1) != 0; };
    if (cause > 16 && (pending & 0xffff'0000 & ((1U << cause) - 1)) != 0) bins.hit(over_[0]);
    if (cause >= 16 && up(11)) bins.hit(over_[1]);
    if (cause == 11 && up(3)) bins.hit(over_[2]);
    if (cause == 11 && up(7)) bins.hit(over_[3]);
    if (cause == 3 && up(7)) bins.hit(over_[4]);
  }

  std::array<int, 5> over_{};
  std::array<int, 32> direct_{}, vectored_{};
  std::array<int, kUnitNames.size()> after_{}, preempted_{};
  int after_trap_ = 0;
  int loop_back_ = -1;
  std::optional<Unit> before_;
  std::optional<std::uint32_t> waiting_;  ///< address of the preempted instruction
  bool looped_ = false;
  bool returned_ = false;
};

}  // namespace

std::unique_ptr<CoverPoint> cover_traps(Bins& bins, isa::Level) {
  return std::make_unique<Traps>(bins);
}
std::unique_ptr<CoverPoint> cover_csrs(Bins& bins, isa::Level level) {
  return std::make_unique<Csrs>(bins, level);
}
std::unique_ptr<CoverPoint> cover_interrupts(Bins& bins, isa::Level level) {
  return std::make_unique<Interrupts>(bins, level);
}

}  // namespace freebits::random
