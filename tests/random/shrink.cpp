// SPDX-License-Identifier: Apache-2.0
#include "shrink.hpp"

#include <algorithm>
#include <utility>

namespace freebits::random {
namespace {

using Fails = std::function<bool(const Program&)>;

/// Takes over `candidate` if it still fails.
bool accept(Program& program, Program candidate, const Fails& fails) {
  if (!fails(candidate)) return false;
  program = std::move(candidate);
  return true;
}

/// Removes ranges of items, large ones first, until no single one can go.
void remove_items(Program& program, const Fails& fails) {
  for (std::size_t size = std::max<std::size_t>(program.items.size() / 2, 1);; size /= 2) {
    bool removed = false;
    for (std::size_t at = 0; at < program.items.size();) {
      Program candidate = program;
      const auto first = candidate.items.begin() + static_cast<std::ptrdiff_t>(at);
      const auto length = std::min(size, candidate.items.size() - at);
      candidate.items.erase(first, first + static_cast<std::ptrdiff_t>(length));
      if (accept(program, std::move(candidate), fails)) {
        removed = true;
      } else {
        at += size;
      }
    }
    if (size == 1 && !removed) return;
    if (size == 1) size = 2;  // once more with single items
  }
}

void remove_pieces(Program& program, const Fails& fails) {
  for (std::size_t i = 0; i < program.items.size(); ++i) {
    for (std::size_t p = program.items[i].pieces.size(); p-- > 0;) {
      Program candidate = program;
      auto& pieces = candidate.items[i].pieces;
      pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(p));
      accept(program, std::move(candidate), fails);
    }
  }
}

void simplify_environment(Program& program, const Fails& fails) {
  Program candidate = program;
  candidate.environment.interrupt_interval = 0;
  accept(program, candidate, fails);
  for (const double stalls : {0.0, 0.1, 0.3}) {
    if (stalls >= program.environment.stall_probability) break;
    candidate = program;
    candidate.environment.stall_probability = stalls;
    if (accept(program, candidate, fails)) break;
  }
}

void simplify_values(Program& program, const Fails& fails) {
  Program candidate = program;
  candidate.registers.fill(0);
  if (!accept(program, candidate, fails)) {
    for (std::size_t i = 0; i < 32; ++i) {
      candidate = program;
      if (std::exchange(candidate.registers[i], 0) != 0) accept(program, candidate, fails);
    }
  }
  candidate = program;
  candidate.data.clear();
  accept(program, candidate, fails);
}

/// Tries smaller values for one operand.
template <class Member, class Value>
void simplify_operand(Program& program, const Fails& fails, std::size_t i, std::size_t p,
                      Member member, std::initializer_list<Value> values) {
  for (const Value value : values) {
    if (program.items[i].pieces[p].operands.*member == value) return;
    Program candidate = program;
    candidate.items[i].pieces[p].operands.*member = value;
    if (accept(program, std::move(candidate), fails)) return;
  }
}

void simplify_operands(Program& program, const Fails& fails) {
  for (std::size_t i = 0; i < program.items.size(); ++i) {
    for (std::size_t p = 0; p < program.items[i].pieces.size(); ++p) {
      if (program.items[i].pieces[p].spec == nullptr) continue;
      if (program.items[i].pieces[p].reloc == Reloc::None) {
        simplify_operand<std::int32_t isa::Operands::*, std::int32_t>(program, fails, i, p,
                                                                      &isa::Operands::imm, {0, 1});
        simplify_operand<std::int32_t isa::Operands::*, std::int32_t>(program, fails, i, p,
                                                                      &isa::Operands::imm2, {0, 1});
      }
      for (const auto member : {&isa::Operands::rd, &isa::Operands::rs1, &isa::Operands::rs2}) {
        simplify_operand<std::uint8_t isa::Operands::*, std::uint8_t>(program, fails, i, p, member,
                                                                      {0});
      }
    }
  }
}

}  // namespace

std::size_t instruction_count(const Program& program) {
  std::size_t count = 0;
  for (const Item& item : program.items) count += item.pieces.size();
  return count;
}

Program shrink(Program program, const Fails& fails) {
  std::size_t before = 0;
  do {
    before = instruction_count(program);
    remove_items(program, fails);
    remove_pieces(program, fails);
    simplify_environment(program, fails);
  } while (instruction_count(program) < before);
  std::erase_if(program.items,
                [](const Item& item) { return item.pieces.empty() && !item.aligned; });
  simplify_values(program, fails);
  simplify_operands(program, fails);
  return program;
}

}  // namespace freebits::random
