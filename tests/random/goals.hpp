// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "rows.hpp"
#include "tb/isa/csr.hpp"

namespace freebits::random {

/// How a data access goes wrong, or not.
enum class Outcome : std::uint8_t { Ok, Fault, SecondWordFault };
inline constexpr std::array<std::string_view, 3> kOutcomeNames = {"ok", "fault", "second-fault"};

/// Values of an immediate operand.
enum class ImmediateClass : std::uint8_t { Zero, Min, Max, Other };
inline constexpr std::array<std::string_view, 4> kImmediateNames = {"0", "min", "max", "other"};

/// Exceptions a program provokes on purpose.
enum class TrapKind : std::uint8_t {
  Illegal32,
  Illegal16,
  Ecall,
  Ebreak,
  FetchHole,
  FetchSecondHalf,
  CsrMissing,
  CsrReadOnly
};
inline constexpr unsigned kTrapKinds = 8;

/// What the last instruction of a hardware loop's body is.
enum class LoopLast : std::uint8_t {
  Alu,
  Mul,
  Mulh,
  Div,
  Dotp,
  Load,
  Store,
  BranchTaken,
  BranchNotTaken,
  Jump,
  Csr,
  HwLoop,
  Trap,
  Fence,
  Compressed,
  MacLoad
};
inline constexpr std::array<std::string_view, 16> kLoopLastNames = {
    "alu",    "mul",          "mulh",
    "div",    "dotp",         "load",
    "store",  "branch-taken", "branch-not-taken",
    "jump",   "csr",          "hwloop",
    "trap",   "fence",        "compressed",
    "macload"};

/// Shapes of hardware loops.
enum class LoopShape : std::uint8_t { Loop0, Loop1, Nested, NestedSameEnd, NestedSwapped, Count };

/// Kinds of system code without operands of their own.
enum class SystemKind : std::uint8_t { Wfi, Mret, Fence, FenceI, SelfModifying, Mtvec, Interrupts };
inline constexpr unsigned kSystemKinds = 7;

/// One thing a program shall contain. Its fields mean what the factory of its kind says.
struct Goal {
  enum class Kind : std::uint8_t {
    Hazard,
    Value,
    Immediate,
    Access,
    Branch,
    Csr,
    Compressed,
    AboveLevel,
    Trap,
    Loop,
    Mixed,
    Requant,
    Stream,
    System
  };
  Kind kind = Kind::Hazard;
  const isa::InsnSpec* spec = nullptr;  ///< Hazard, Value, Immediate, Access, Branch, Mixed, Stream
  const isa::CsrSpec* csr = nullptr;    ///< Csr
  Position position = Position::Rs1;    ///< Hazard, Value
  Producer producer = Producer::Alu;    ///< Hazard
  std::uint8_t distance = 1;            ///< Hazard: 1 or 2 instructions
  ValueClass value = ValueClass::Zero;  ///< Value
  isa::Slot slot = isa::Slot::Imm;      ///< Immediate
  ImmediateClass immediate = ImmediateClass::Zero;
  Outcome outcome = Outcome::Ok;  ///< Access
  std::uint8_t a = 0;  ///< Access: address modulo 4; Csr: operation 0 ... 5; Compressed: form;
                       ///< Trap, System: kind; Loop: shape; Mixed: width codes a + 3 w; Requant:
                       ///< width code + 3 sign; Branch: taken; Stream: mode
  std::uint8_t b = 0;  ///< Csr: source operand is zero; Loop: last instruction
};

/// Everything a campaign at one level has to do: the generator takes these in turn, so that each
/// comes up equally often.
[[nodiscard]] std::vector<Goal> all_goals(isa::Level level);

/// The goals a Linux user-mode program can have (RV32IMC, no trap, no CSR).
[[nodiscard]] std::vector<Goal> user_goals();

// The sets below are also the coverage bins.

/// Immediate operands of a row that have bins: not displacements of branches, jumps and accesses,
/// not CSR numbers.
[[nodiscard]] std::vector<isa::FieldSpec> immediate_fields(const isa::InsnSpec& spec);

/// The classes an immediate can fall into.
[[nodiscard]] std::vector<ImmediateClass> immediate_classes(const isa::FieldSpec& field);
[[nodiscard]] ImmediateClass immediate_class(const isa::FieldSpec& field, std::int32_t value);

/// Whether values at this source have bins: not addresses and offsets.
[[nodiscard]] bool has_value_classes(const isa::InsnSpec& spec, Position position);

/// Whether an access of this row at `address` modulo 4 can end so.
[[nodiscard]] bool outcome_possible(const isa::InsnSpec& spec, unsigned remainder, Outcome outcome);

/// Which last instructions loops have at a level.
[[nodiscard]] bool loop_last_possible(LoopLast last, isa::Level level);

}  // namespace freebits::random
