// SPDX-License-Identifier: Apache-2.0
// Hardware loops of every shape: one or both loops, ends on one instruction, bodies of one
// instruction, every kind of last instruction, code that jumps in and out or rewrites the loop.
#include "generate.hpp"

namespace freebits::random {

namespace {

constexpr std::uint32_t kRoom = 20 * kIdStep;  ///< item ids set aside for the inside of a loop

/// Unconditional exits and stale counts would make some shapes endless: counts stay small.
std::int32_t small_count(Builder& b) { return b.rng().between(0, 4); }

bool by_immediate(Builder& b) { return b.rng().chance(50); }

/// cv.count / cv.counti with a small count.
void write_count(Builder& b, std::uint8_t loop) {
  if (by_immediate(b)) {
    b.op("cv.counti", {.loop = loop, .imm = small_count(b)});
    return;
  }
  Registers taken = 1;
  const std::uint8_t reg = b.fresh(taken);
  b.set(reg, static_cast<std::uint32_t>(small_count(b)));
  b.op("cv.count", {.rs1 = reg, .loop = loop});
}

void write_end(Builder& b, std::uint8_t loop, std::uint32_t end) {
  if (by_immediate(b)) {
    Piece piece = insn(row("cv.endi"), {.loop = loop});
    piece.reloc = Reloc::LoopEnd;
    piece.target = end;
    b.add(piece);
    return;
  }
  Registers taken = 1;
  const std::uint8_t reg = b.fresh(taken);
  b.set(reg, Need{.target = end});
  b.op("cv.end", {.rs1 = reg, .loop = loop});
}

/// Start, end and count of a loop, each by an instruction of its own. The body is the next item.
void setup_in_parts(Builder& b, std::uint8_t loop, std::uint32_t end) {
  b.begin("loop setup in parts");
  const bool start_by_register = b.rng().chance(50);
  if (start_by_register) {
    Registers taken = 1;
    const std::uint8_t reg = b.fresh(taken);
    b.set(reg, Need{.target = b.later_id(1)});
    b.op("cv.start", {.rs1 = reg, .loop = loop});
  }
  write_end(b, loop, end);
  write_count(b, loop);
  b.begin("loop start", true);
  if (!start_by_register) {
    b.op("cv.starti", {.loop = loop, .imm = 1});
  } else {
    b.op("addi", {});
  }
}

/// cv.setup or cv.setupi; the body is the next item.
void setup_at_once(Builder& b, std::uint8_t loop, std::uint32_t end) {
  const bool immediate = b.rng().chance(60);
  Registers taken = 1;
  const std::uint8_t reg = b.fresh(taken);
  if (!immediate) {
    b.begin("loop count");
    b.set(reg, static_cast<std::uint32_t>(small_count(b)));
  }
  b.begin("loop setup", b.rng().chance(95));
  Piece piece = immediate ? insn(row("cv.setupi"), {.loop = loop, .imm = small_count(b)})
                          : insn(row("cv.setup"), {.rs1 = reg, .loop = loop});
  piece.reloc = Reloc::LoopEnd;
  piece.target = end;
  b.add(piece);
}

/// Prepares `loop` to end at item `end`; the body is the next item.
void setup(Builder& b, std::uint8_t loop, std::uint32_t end, bool in_parts) {
  if (in_parts) {
    setup_in_parts(b, loop, end);
  } else {
    setup_at_once(b, loop, end);
  }
}

/// An unconditional or conditional jump whose direction is known.
void jump_at_end(Builder& b, bool taken, std::uint32_t target) {
  static constexpr std::string_view kTaken[] = {"beq", "bge", "bgeu"};
  static constexpr std::string_view kNotTaken[] = {"bne", "blt", "bltu"};
  const std::uint8_t reg = b.any_source();
  b.to(target, row(taken ? b.rng().pick(kTaken) : b.rng().pick(kNotTaken)),
       {.rs1 = reg, .rs2 = reg});
}

void trap_at_end(Builder& b) {
  if (b.rng().chance(50)) {
    b.op(b.rng().chance(50) ? "ecall" : "ebreak");
  } else {
    b.op("lw", {.rd = b.any_destination(), .imm = 0x40});  // faults
  }
}

void unit_at_end(Builder& b, Unit unit) {
  const isa::InsnSpec& spec = b.random_row(unit);
  b.op(spec, b.random_operands(spec));
}

/// The last instruction of a body; `loop` ends here, execution goes on at item `after`.
void last_instruction(Builder& b, LoopLast last, std::uint8_t loop, std::uint32_t after) {
  switch (last) {
    case LoopLast::Alu:
      return unit_at_end(b, Unit::Alu);
    case LoopLast::Mul:
      return unit_at_end(b, Unit::Mul);
    case LoopLast::Mulh:
      return unit_at_end(b, Unit::Mulh);
    case LoopLast::Div:
      return unit_at_end(b, Unit::Div);
    case LoopLast::Dotp:
      return unit_at_end(b, Unit::Dotp);
    case LoopLast::Load:
    case LoopLast::Store:
      return plain_access(b, last == LoopLast::Load ? Unit::Load : Unit::Store);
    case LoopLast::BranchTaken:
      return jump_at_end(b, true, after + kIdStep * b.rng().below(2));
    case LoopLast::BranchNotTaken:
      return jump_at_end(b, false, after + kIdStep * b.rng().below(2));
    case LoopLast::Jump:
      return b.to(after + kIdStep * b.rng().below(2), row("jal"), {.rd = b.any_destination()});
    case LoopLast::Csr:
      return b.op("csrrs", {.rd = b.any_destination(), .imm = 0xcc0 + b.rng().between(0, 2)});
    case LoopLast::HwLoop:  // ends the loop, or repeats it a last time
      return b.op("cv.counti", {.loop = loop, .imm = b.rng().between(0, 1)});
    case LoopLast::Trap:
      return trap_at_end(b);
    case LoopLast::Fence:
      return b.op("fence");
    case LoopLast::Compressed:
      while (!b.compressed_compute(
          b.rng().below(static_cast<std::uint32_t>(kCompressedNames.size())), 0)) {
      }
      return;
    case LoopLast::MacLoad: {
      const isa::InsnSpec& spec = row("fb.mlsdotsp", isa::Format::MacLoadNone);
      return b.op(spec, b.random_operands(spec));
    }
  }
}

/// What stands before the last instruction: mostly nothing or a little, now and then trouble.
void inner_code(Builder& b, std::uint8_t loop, std::uint32_t after) {
  static constexpr std::uint32_t kLengths[] = {0, 0, 1, 2, 3, 6};
  for (std::uint32_t i = b.rng().pick(kLengths); i > 0; --i) b.simple();
  const std::uint32_t dice = b.rng().below(20);
  if (dice == 0) jump_at_end(b, b.rng().chance(50), after + kIdStep * b.rng().below(2));  // out
  if (dice == 1) b.op("cv.counti", {.loop = loop, .imm = b.rng().between(0, 1)});
  if (dice == 2) plain_access(b, Unit::Load);
  if (dice == 3) b.op("csrrs", {.rd = b.any_destination(), .imm = 0xcc2});
  if (dice == 4) b.to(b.next_id(), row("beq"), {.rs1 = b.any_source(), .rs2 = b.any_source()});
}

void body(Builder& b, LoopLast last, std::uint8_t loop, std::uint32_t after) {
  b.begin("loop body", b.rng().chance(95));
  inner_code(b, loop, after);
  last_instruction(b, last, loop, after);
}

/// What follows a loop: its end is the address of this item.
void after_loop(Builder& b, std::uint32_t end, std::uint8_t loop) {
  b.advance_to(end);
  b.begin("after loop", b.rng().chance(97));
  b.simple();
  if (b.rng().chance(50)) b.op("cv.counti", {.loop = loop});
}

void single(Builder& b, std::uint8_t loop, LoopLast last) {
  const std::uint32_t end = b.next_id() + kRoom;
  setup(b, loop, end, b.rng().chance(30));
  body(b, last, loop, end);
  after_loop(b, end, loop);
}

void nested(Builder& b, std::uint8_t outer, LoopLast last) {
  const auto inner = static_cast<std::uint8_t>(1 - outer);
  const std::uint32_t inner_end = b.next_id() + kRoom;
  const std::uint32_t outer_end = inner_end + kRoom;
  setup(b, outer, outer_end, b.rng().chance(20));
  for (std::uint32_t i = b.rng().below(2); i > 0; --i) {
    b.begin("outer body");
    b.simple();
  }
  setup(b, inner, inner_end, b.rng().chance(20));
  body(b, b.rng().chance(50) ? last : LoopLast::Alu, inner, inner_end);
  b.advance_to(inner_end);
  body(b, last, outer, outer_end);
  after_loop(b, outer_end, outer);
}

/// Both loops end on the same instruction.
void same_end(Builder& b, LoopLast last) {
  const std::uint32_t end = b.next_id() + 2 * kRoom;
  const std::uint8_t outer = b.rng().chance(80) ? 1 : 0;
  setup(b, outer, end, b.rng().chance(20));
  if (b.rng().chance(50)) {
    b.begin("outer body");
    b.simple();
  }
  setup(b, static_cast<std::uint8_t>(1 - outer), end, b.rng().chance(20));
  body(b, last, 0, end);
  after_loop(b, end, 1);
  b.begin("clear loops");
  b.op("cv.counti", {.loop = 0});
  b.op("cv.counti", {.loop = 1});
}

}  // namespace

void generate_loop(Builder& b, const Goal& goal) {
  const auto last = static_cast<LoopLast>(goal.b);
  switch (static_cast<LoopShape>(goal.a)) {
    case LoopShape::Loop0:
      return single(b, 0, last);
    case LoopShape::Loop1:
      return single(b, 1, last);
    case LoopShape::Nested:
      return nested(b, 1, last);
    case LoopShape::NestedSwapped:
      return nested(b, 0, last);
    case LoopShape::NestedSameEnd:
      return same_end(b, last);
    case LoopShape::Count:
      return;
  }
}

}  // namespace freebits::random
