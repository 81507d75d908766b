// SPDX-License-Identifier: Apache-2.0
// One instruction with chosen operands.
#include "generate.hpp"

namespace freebits::random {

using isa::InsnSpec;
using isa::Op;

namespace {

constexpr Position kPositions[] = {Position::Rs1, Position::Rs2, Position::Rd};

std::size_t at(Position position) { return static_cast<std::size_t>(position); }

/// Is the branch taken with these operands?
bool holds(const InsnSpec& spec, std::uint32_t a, std::uint32_t b) {
  const auto sa = static_cast<std::int32_t>(a);
  const auto sb = static_cast<std::int32_t>(b);
  switch (spec.op) {
    case Op::Beq:
    case Op::CvBeqimm:
      return a == b;
    case Op::Bne:
    case Op::CvBneimm:
      return a != b;
    case Op::Blt:
      return sa < sb;
    case Op::Bge:
      return sa >= sb;
    case Op::Bltu:
      return a < b;
    default:
      return a >= b;
  }
}

/// jal r, +8; (come back here) jal +8; jalr (r): a jump to the link address of the jump before.
void jump_through_link(Builder& b, std::uint8_t reg, unsigned distance) {
  const std::int32_t over = distance == 2 ? 12 : 8;
  b.op("jal", {.rd = reg, .imm = 8});
  b.op("jal", {.imm = over});
  if (distance == 2) b.op("addi", {});
  b.op("jalr", {.rs1 = reg});
  b.op("addi", {});
}

/// The instruction itself, with what must follow it.
void emit(Builder& b, const InsnSpec& spec, const isa::Operands& operands) {
  if (spec.has(isa::kBranch) || spec.op == Op::Jal) {
    b.to(b.ahead(), spec, operands);
    return;
  }
  b.op(spec, operands);
  if (spec.has(isa::kHwLoop)) b.op("cv.counti", {.loop = operands.loop});
}

void jump_needs(Builder& b, isa::Operands& operands, std::optional<Need>& need) {
  static constexpr std::int32_t kAddends[] = {0, 0, 1, 4, -16, 2047, -2048, 37};
  const std::int32_t addend = b.rng().pick(kAddends);
  need = Need{.target = b.ahead(2), .addend = addend};
  operands.imm = addend == 1 ? 0 : addend == -2048 ? 0 : -addend;
  if (addend == -2048) need->addend = 0;
}

/// Another access or a multiplication right before the access of interest.
void something_before(Builder& b, Registers taken) {
  switch (b.rng().below(3)) {
    case 0:
      return plain_access(b, Unit::Store);
    case 1:
      return b.op("lw", {.rd = b.fresh(taken), .rs1 = kAnchorRegister, .imm = -64});
    default:
      return b.op("mul", {.rd = b.fresh(taken), .rs1 = b.any_source(), .rs2 = b.any_source()});
  }
}

}  // namespace

void operate(Builder& b, const Request& request) {
  const InsnSpec& spec = *request.spec;
  Registers taken = 1;
  isa::Operands operands = b.random_operands(spec);
  std::array<std::optional<Need>, 3> needs;
  if (request.field) {
    (request.field->slot == isa::Slot::Imm ? operands.imm : operands.imm2) = request.immediate;
  }
  if (spec.format == isa::Format::Jalr) jump_needs(b, operands, needs[at(Position::Rs1)]);
  if (has_base(spec)) {
    const std::uint32_t address =
        request.address ? *request.address : pick_address(b, spec, b.rng().below(4), Outcome::Ok);
    address_needs(b, spec, address, request.producer.has_value(), request.position, operands,
                  needs);
  } else if (spec.has(isa::kLoad)) {
    const std::uint32_t address =
        request.address ? *request.address : pick_address(b, spec, b.rng().below(4), Outcome::Ok);
    set_stream_address(b, spec, address, taken);
  }
  if (request.value) needs[at(*request.position)] = Need{.value = *request.value};
  for (const Position position : kPositions) {
    if (!reads(spec, position)) continue;
    if (needs[at(position)] || request.position == position) {
      set_source(operands, position, b.fresh(taken));
    } else if (request.value && b.rng().chance(50)) {
      needs[at(position)] = Need{.value = b.random_value()};
      set_source(operands, position, b.fresh(taken));
    }
  }
  for (const Position position : kPositions) {
    if (request.producer && request.position == position) continue;
    if (needs[at(position)]) b.set(source(operands, position), *needs[at(position)]);
  }
  if (request.producer) {
    const std::uint8_t reg = source(operands, *request.position);
    if (spec.format == isa::Format::Jalr && *request.producer == Producer::Link) {
      jump_through_link(b, reg, request.distance);
      return;
    }
    const std::optional<Need>& need = needs[at(*request.position)];
    produce(b, *request.producer, reg, need ? &*need : nullptr, taken);
    if (request.distance == 2) b.simple(taken);
  } else if (request.address && b.rng().chance(40)) {
    something_before(b, taken);
  }
  emit(b, spec, operands);
}

void generate_hazard(Builder& b, const Goal& goal) {
  b.begin("hazard");
  operate(b, {.spec = goal.spec,
              .position = goal.position,
              .producer = goal.producer,
              .distance = goal.distance});
}

void generate_value(Builder& b, const Goal& goal) {
  b.begin("value");
  operate(b, {.spec = goal.spec, .position = goal.position, .value = b.value_of(goal.value)});
}

void generate_immediate(Builder& b, const Goal& goal) {
  b.begin("immediate");
  for (const isa::FieldSpec& field : isa::fields(goal.spec->format)) {
    if (field.slot != goal.slot) continue;
    std::int32_t value = 0;
    if (goal.immediate == ImmediateClass::Min) value = field.min;
    if (goal.immediate == ImmediateClass::Max) value = field.max;
    if (goal.immediate == ImmediateClass::Other) {
      do value = b.rng().between(field.min, field.max);
      while (immediate_class(field, value) != ImmediateClass::Other);
    }
    operate(b, {.spec = goal.spec, .field = field, .immediate = value});
  }
}

void generate_branch(Builder& b, const Goal& goal) {
  b.begin("branch");
  Registers taken = 1;
  isa::Operands operands = b.random_operands(*goal.spec);
  const bool immediate = goal.spec->format == isa::Format::BranchImm;
  std::uint32_t x = 0;
  std::uint32_t y = 0;
  do {
    x = b.random_value();
    y = immediate ? static_cast<std::uint32_t>(operands.imm2) : b.random_value();
    if (b.rng().chance(30)) x = y;
  } while (holds(*goal.spec, x, y) != (goal.a != 0));
  operands.rs1 = b.fresh(taken);
  b.set(operands.rs1, x);
  if (!immediate) {
    operands.rs2 = b.fresh(taken);
    b.set(operands.rs2, y);
  }
  for (std::uint32_t i = b.rng().below(3); i > 0; --i) b.simple(taken);  // settled or not
  emit(b, *goal.spec, operands);
}

}  // namespace freebits::random
