// SPDX-License-Identifier: Apache-2.0
// Every row of the instruction table, its operand values, its immediates, 16-bit forms, registers.
#include <fmt/format.h>

#include "cover_points.hpp"

namespace freebits::random {

using isa::InsnSpec;

namespace {

constexpr std::size_t kPositions = kPositionNames.size();

/// Executed (or trapped as illegal above the level); at pc = 2 mod 4; with a stalling bus.
class Rows final : public CoverPoint {
 public:
  Rows(Bins& bins, isa::Level level) {
    const auto rows = isa::instructions();
    executed_.assign(rows.size(), -1);
    unaligned_ = stalled_ = executed_;
    bins.group("instruction executed");
    each(level, [&](std::size_t i) { executed_[i] = bins.add(row_name(rows[i])); });
    bins.group("instruction at pc = 2 mod 4");
    each(level, [&](std::size_t i) { unaligned_[i] = bins.add(row_name(rows[i])); });
    bins.group("instruction on a stalling bus");
    each(level, [&](std::size_t i) { stalled_[i] = bins.add(row_name(rows[i])); });
    bins.group("instruction above the level traps");
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].level > level) executed_[i] = bins.add(row_name(rows[i]));
    }
  }

  void sample(const Event& event, Bins& bins) override {
    if (event.spec == nullptr) {
      const InsnSpec* above = decode_fetched(event.retired->insn, isa::Level::FlexV);
      if (above != nullptr && event.cause == 2) bins.hit(executed_[row_index(*above)]);
      return;
    }
    const bool traps_always = event.cause == 3 || event.cause == 11;
    if (event.retired->trap && !traps_always) return;
    const std::size_t i = row_index(*event.spec);
    bins.hit(executed_[i]);
    if (event.stalled_bus) bins.hit(stalled_[i]);
    if ((event.retired->pc & 2) != 0 && event.length() == 4) bins.hit(unaligned_[i]);
  }

 private:
  template <class Function>
  static void each(isa::Level level, const Function& function) {
    const auto rows = isa::instructions();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].level <= level) function(i);
    }
  }

  std::vector<int> executed_, unaligned_, stalled_;
};

/// Instruction x source operand x value class.
class Values final : public CoverPoint {
 public:
  Values(Bins& bins, isa::Level level) : first_(isa::instructions().size() * kPositions, -1) {
    bins.group("instruction x operand x value class");
    for (const InsnSpec& spec : isa::instructions()) {
      for (std::size_t p = 0; p < kPositions; ++p) {
        if (spec.level > level || !has_value_classes(spec, static_cast<Position>(p))) continue;
        for (std::size_t c = 0; c < kValueClassNames.size(); ++c) {
          const int bin = bins.add(
              fmt::format("{} {} = {}", row_name(spec), kPositionNames[p], kValueClassNames[c]));
          if (c == 0) first_[row_index(spec) * kPositions + p] = bin;
        }
      }
    }
  }

  void sample(const Event& event, Bins& bins) override {
    if (event.spec == nullptr || event.retired->trap) return;
    const std::size_t row = row_index(*event.spec) * kPositions;
    for (std::size_t p = 0; p < kPositions; ++p) {
      if (first_[row + p] < 0) continue;
      bins.hit(first_[row + p] + static_cast<int>(value_class(event.sources[p])));
    }
  }

 private:
  std::vector<int> first_;
};

/// Instruction x immediate x {0, min, max, other}.
class Immediates final : public CoverPoint {
 public:
  Immediates(Bins& bins, isa::Level level) : rows_(isa::instructions().size()) {
    bins.group("instruction x immediate class");
    for (const InsnSpec& spec : isa::instructions()) {
      if (spec.level > level) continue;
      for (const isa::FieldSpec& field : immediate_fields(spec)) {
        Field entry{field, {}};
        entry.bins.fill(-1);
        for (const ImmediateClass c : immediate_classes(field)) {
          const auto index = static_cast<std::size_t>(c);
          entry.bins[index] = bins.add(fmt::format("{} {} = {}", row_name(spec),
                                                   field.slot == isa::Slot::Imm ? "imm" : "imm2",
                                                   kImmediateNames[index]));
        }
        rows_[row_index(spec)].push_back(entry);
      }
    }
  }

  void sample(const Event& event, Bins& bins) override {
    if (event.spec == nullptr || event.retired->trap) return;
    for (const Field& field : rows_[row_index(*event.spec)]) {
      const std::int32_t value =
          field.spec.slot == isa::Slot::Imm ? event.operands.imm : event.operands.imm2;
      bins.hit(field.bins[static_cast<std::size_t>(immediate_class(field.spec, value))]);
    }
  }

 private:
  struct Field {
    isa::FieldSpec spec;
    std::array<int, kImmediateNames.size()> bins;
  };
  std::vector<std::vector<Field>> rows_;
};

/// 16-bit forms at both halves of a word; reserved encodings trap.
class Compressed final : public CoverPoint {
 public:
  explicit Compressed(Bins& bins) {
    bins.group("16-bit form x pc mod 4");
    for (const std::string_view name : kCompressedNames) {
      first_.push_back(bins.add(fmt::format("{} at 0", name)));
      bins.add(fmt::format("{} at 2", name));
    }
    reserved_ = bins.add("reserved 16-bit encoding at 0");
    bins.add("reserved 16-bit encoding at 2");
  }

  void sample(const Event& event, Bins& bins) override {
    if (event.length() != 2) return;
    const int half = (event.retired->pc & 2) != 0 ? 1 : 0;
    if (event.form && (!event.retired->trap || event.cause == 3)) {
      bins.hit(first_[*event.form] + half);
    } else if (!event.form && event.cause == 2) {
      bins.hit(reserved_ + half);
    }
  }

 private:
  std::vector<int> first_;
  int reserved_ = 0;
};

/// Every register in every operand position.
class RegisterNumbers final : public CoverPoint {
 public:
  RegisterNumbers(Bins& bins, isa::Level level) {
    bins.group("register number x port");
    for (const std::string_view port : {"rs1", "rs2", "rd written", "rd read"}) {
      // RV32IMC has no instruction that reads the register it names as rd.
      if (port == "rd read" && level < isa::Level::XpulpV2) continue;
      for (unsigned i = 0; i < 32; ++i) {
        const int bin = bins.add(fmt::format("x{} as {}", i, port));
        if (i == 0) first_.push_back(bin);
      }
    }
  }

  void sample(const Event& event, Bins& bins) override {
    if (event.spec == nullptr || event.retired->trap) return;
    const InsnSpec& spec = *event.spec;
    if (spec.has(isa::kReadsRs1)) bins.hit(first_[0] + event.operands.rs1);
    if (spec.has(isa::kReadsRs2)) bins.hit(first_[1] + event.operands.rs2);
    if (spec.has(isa::kWritesRd)) bins.hit(first_[2] + event.operands.rd);
    if (spec.has(isa::kReadsRd)) bins.hit(first_[3] + event.operands.rd);
  }

 private:
  std::vector<int> first_;
};

}  // namespace

std::unique_ptr<CoverPoint> cover_rows(Bins& bins, isa::Level level) {
  return std::make_unique<Rows>(bins, level);
}
std::unique_ptr<CoverPoint> cover_values(Bins& bins, isa::Level level) {
  return std::make_unique<Values>(bins, level);
}
std::unique_ptr<CoverPoint> cover_immediates(Bins& bins, isa::Level level) {
  return std::make_unique<Immediates>(bins, level);
}
std::unique_ptr<CoverPoint> cover_compressed(Bins& bins) {
  return std::make_unique<Compressed>(bins);
}
std::unique_ptr<CoverPoint> cover_registers(Bins& bins, isa::Level level) {
  return std::make_unique<RegisterNumbers>(bins, level);
}

}  // namespace freebits::random
