// SPDX-License-Identifier: Apache-2.0
#include "goals.hpp"

namespace freebits::random {

using isa::Format;
using isa::InsnSpec;
using isa::Slot;

namespace {

constexpr Position kPositions[] = {Position::Rs1, Position::Rs2, Position::Rd};

template <class Enum, std::size_t N>
constexpr std::array<Enum, N> enumerators(const std::array<std::string_view, N>&) {
  std::array<Enum, N> all{};
  for (std::size_t i = 0; i < N; ++i) all[i] = static_cast<Enum>(i);
  return all;
}
constexpr auto kProducers = enumerators<Producer>(kProducerNames);
constexpr auto kValueClasses = enumerators<ValueClass>(kValueClassNames);
constexpr auto kOutcomes = enumerators<Outcome>(kOutcomeNames);
constexpr auto kLoopLasts = enumerators<LoopLast>(kLoopLastNames);

void add_hazards(std::vector<Goal>& goals, const InsnSpec& spec, isa::Level level, bool user) {
  for (const Position position : kPositions) {
    if (!reads(spec, position)) continue;
    for (const Producer producer : kProducers) {
      if (!exists_at(producer, level)) continue;
      const bool bad_for_user =
          producer == Producer::Csr || (producer == Producer::Link && spec.has(isa::kStore));
      if (user && bad_for_user) continue;
      for (const std::uint8_t distance : {1, 2}) {
        goals.push_back({.kind = Goal::Kind::Hazard,
                         .spec = &spec,
                         .position = position,
                         .producer = producer,
                         .distance = distance});
      }
    }
  }
}

void add_operands(std::vector<Goal>& goals, const InsnSpec& spec) {
  for (const Position position : kPositions) {
    if (!has_value_classes(spec, position)) continue;
    for (const ValueClass value : kValueClasses) {
      goals.push_back(
          {.kind = Goal::Kind::Value, .spec = &spec, .position = position, .value = value});
    }
  }
  for (const isa::FieldSpec& field : immediate_fields(spec)) {
    for (const ImmediateClass immediate : immediate_classes(field)) {
      goals.push_back({.kind = Goal::Kind::Immediate,
                       .spec = &spec,
                       .slot = field.slot,
                       .immediate = immediate});
    }
  }
  if (spec.has(isa::kBranch)) {
    for (const std::uint8_t taken : {0, 1}) {
      goals.push_back({.kind = Goal::Kind::Branch, .spec = &spec, .a = taken});
    }
  }
}

void add_accesses(std::vector<Goal>& goals, const InsnSpec& spec, bool user) {
  for (std::uint8_t remainder = 0; remainder < 4; ++remainder) {
    for (const Outcome outcome : kOutcomes) {
      if (!outcome_possible(spec, remainder, outcome) || (user && outcome != Outcome::Ok)) continue;
      goals.push_back(
          {.kind = Goal::Kind::Access, .spec = &spec, .outcome = outcome, .a = remainder});
    }
  }
}

void add_csrs(std::vector<Goal>& goals, isa::Level level) {
  for (const isa::CsrSpec& csr : isa::csrs()) {
    if (csr.level > level) continue;
    for (std::uint8_t operation = 0; operation < 6; ++operation) {
      for (const std::uint8_t zero : {0, 1}) {
        goals.push_back({.kind = Goal::Kind::Csr, .csr = &csr, .a = operation, .b = zero});
      }
    }
  }
}

void add_mixed(std::vector<Goal>& goals, const InsnSpec& spec) {
  if (spec.lane != isa::Lane::Csr) return;
  for (std::uint8_t widths = 0; widths < 9; ++widths) {
    for (int times = 0; times < 6; ++times) {  // several slices each
      goals.push_back({.kind = Goal::Kind::Mixed, .spec = &spec, .a = widths});
    }
  }
  if (!spec.has(isa::kLoad)) return;
  for (std::uint8_t mode = 0; mode < 3; ++mode) {
    goals.push_back({.kind = Goal::Kind::Stream, .spec = &spec, .a = mode});
  }
}

void add_requant(std::vector<Goal>& goals, const InsnSpec& spec) {
  if (spec.op != isa::Op::FbScale && spec.op != isa::Op::FbQnt) return;
  for (std::uint8_t output = 0; output < 6; ++output) {
    for (int times = 0; times < 4; ++times) {
      goals.push_back({.kind = Goal::Kind::Requant, .spec = &spec, .a = output});
    }
  }
}

void add_loops(std::vector<Goal>& goals, isa::Level level) {
  if (level < isa::Level::XpulpV2) return;
  for (const LoopLast last : kLoopLasts) {
    if (!loop_last_possible(last, level)) continue;
    for (std::uint8_t shape = 0; shape < static_cast<std::uint8_t>(LoopShape::Count); ++shape) {
      for (int times = 0; times < 6; ++times) {
        goals.push_back(
            {.kind = Goal::Kind::Loop, .a = shape, .b = static_cast<std::uint8_t>(last)});
      }
    }
  }
}

/// `times` copies of each of `count` goals that differ in Goal::a.
void add_numbered(std::vector<Goal>& goals, Goal::Kind kind, unsigned count, unsigned times) {
  for (unsigned i = 0; i < count; ++i) {
    for (unsigned k = 0; k < times; ++k) {
      goals.push_back({.kind = kind, .a = static_cast<std::uint8_t>(i)});
    }
  }
}

}  // namespace

std::vector<isa::FieldSpec> immediate_fields(const InsnSpec& spec) {
  std::vector<isa::FieldSpec> result;
  if (spec.has(isa::kLoad) || spec.has(isa::kStore) || spec.has(isa::kJump)) return result;
  for (const isa::FieldSpec& field : isa::fields(spec.format)) {
    const bool displacement = spec.has(isa::kBranch) && field.slot == Slot::Imm;
    const bool csr_number = spec.has(isa::kCsr) && field.slot == Slot::Imm;
    const bool immediate = field.slot == Slot::Imm || field.slot == Slot::Imm2;
    if (immediate && !displacement && !csr_number) result.push_back(field);
  }
  return result;
}

ImmediateClass immediate_class(const isa::FieldSpec& field, std::int32_t value) {
  if (value == 0) return ImmediateClass::Zero;
  if (value == field.min) return ImmediateClass::Min;
  if (value == field.max) return ImmediateClass::Max;
  return ImmediateClass::Other;
}

std::vector<ImmediateClass> immediate_classes(const isa::FieldSpec& field) {
  std::vector<ImmediateClass> classes = {ImmediateClass::Zero, ImmediateClass::Max,
                                         ImmediateClass::Other};
  if (field.min < 0) classes.push_back(ImmediateClass::Min);
  return classes;
}

bool has_value_classes(const InsnSpec& spec, Position position) {
  if (!reads(spec, position)) return false;
  if (spec.has(isa::kJump)) return false;
  if (spec.has(isa::kLoad) || spec.has(isa::kStore)) {
    const bool store_data = spec.has(isa::kStore) && position == Position::Rs2;
    return store_data || spec.has(isa::kMacLoad);
  }
  return true;
}

bool outcome_possible(const InsnSpec& spec, unsigned remainder, Outcome outcome) {
  const unsigned size = access_size(spec);
  return size != 0 && (outcome != Outcome::SecondWordFault || remainder + size > 4);
}

bool loop_last_possible(LoopLast last, isa::Level level) {
  if (level < isa::Level::XpulpV2) return false;
  return last != LoopLast::MacLoad || level >= isa::Level::FlexV;
}

std::vector<Goal> all_goals(isa::Level level) {
  std::vector<Goal> goals;
  for (const InsnSpec& spec : isa::instructions()) {
    if (spec.level > level) {
      goals.push_back({.kind = Goal::Kind::AboveLevel, .spec = &spec});
      continue;
    }
    add_hazards(goals, spec, level, false);
    add_operands(goals, spec);
    add_accesses(goals, spec, false);
    add_mixed(goals, spec);
    add_requant(goals, spec);
  }
  add_csrs(goals, level);
  add_loops(goals, level);
  add_numbered(goals, Goal::Kind::Compressed, kCompressedNames.size(), 40);
  add_numbered(goals, Goal::Kind::Trap, kTrapKinds, 40);
  add_numbered(goals, Goal::Kind::System, kSystemKinds, 60);
  return goals;
}

std::vector<Goal> user_goals() {
  std::vector<Goal> goals;
  for (const InsnSpec& spec : isa::instructions()) {
    const Unit unit = unit_of(spec);
    if (spec.level > isa::Level::Rv32imc || unit == Unit::Csr || unit == Unit::System) continue;
    if (spec.op == isa::Op::Mret) continue;
    add_hazards(goals, spec, isa::Level::Rv32imc, true);
    add_operands(goals, spec);
    add_accesses(goals, spec, true);
  }
  for (unsigned form = 0; form < kCompressedNames.size(); ++form) {
    if (kCompressedNames[form] == "c.ebreak") continue;
    for (int times = 0; times < 10; ++times) {
      goals.push_back({.kind = Goal::Kind::Compressed, .a = static_cast<std::uint8_t>(form)});
    }
  }
  return goals;
}

}  // namespace freebits::random
