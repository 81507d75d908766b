// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "program.hpp"
#include "rng.hpp"
#include "rows.hpp"

namespace freebits::random {

inline constexpr std::uint8_t kLinkRegister = 3;     ///< return address of calls
inline constexpr std::uint8_t kCounterRegister = 4;  ///< of backward loops
inline constexpr std::uint8_t kAnchorRegister = 18;  ///< always kAnchor
inline constexpr std::uint32_t kIdStep = 2;          ///< ids in between are for hidden items
inline constexpr std::uint32_t kEndTarget = ~0U;     ///< Piece::target: the end of the program

/// Set of registers, bit i = xi.
using Registers = std::uint32_t;
inline constexpr Registers kReserved =
    1U << kLinkRegister | 1U << kCounterRegister | 1U << kAnchorRegister;

/// A value a register must have: a number, or the address of an item plus an addend.
struct Need {
  std::uint32_t value = 0;
  std::optional<std::uint32_t> target = {};
  std::int32_t addend = 0;
};

/// The rows of a level by unit.
using RowsByUnit = std::array<std::vector<const isa::InsnSpec*>, kUnitNames.size()>;
[[nodiscard]] const RowsByUnit& rows_by_unit(isa::Level level);

/// Appends items and instructions to a program, with random registers of a small pool.
class Builder {
 public:
  /// `user`: only what a Linux user-mode program may do.
  Builder(Program& program, Rng& rng, bool user);

  [[nodiscard]] Rng& rng() { return rng_; }
  [[nodiscard]] isa::Level level() const { return program_.level; }
  [[nodiscard]] bool user() const { return user_; }

  /// Starts an item; instructions go there until the next.
  void begin(const char* kind, bool aligned = false);
  /// Starts an item that no random jump aims at.
  void begin_hidden(const char* kind);
  /// The id begin_hidden() will give.
  [[nodiscard]] std::uint32_t hidden_id() const { return next_id_ - 1; }
  /// The id the next item will get.
  [[nodiscard]] std::uint32_t next_id() const { return next_id_; }
  /// The id of the item `count` items after the next.
  [[nodiscard]] std::uint32_t later_id(std::uint32_t count) const {
    return next_id_ + kIdStep * count;
  }
  /// Leaves out ids, so that jumps can aim at an item before it exists.
  void advance_to(std::uint32_t id) { next_id_ = id; }
  /// An item a little further on: the next or one of the `more` after it.
  [[nodiscard]] std::uint32_t ahead(std::uint32_t more = 3) {
    return later_id(rng_.below(more + 1));
  }

  void add(const Piece& piece) { program_.items.back().pieces.push_back(piece); }
  void op(const isa::InsnSpec& spec, const isa::Operands& operands = {}) {
    add(insn(spec, operands));
  }
  void op(std::string_view mnemonic, const isa::Operands& operands = {}) {
    add(insn(row(mnemonic), operands));
  }
  /// A branch or jump to an item.
  void to(std::uint32_t target, const isa::InsnSpec& spec, const isa::Operands& operands);

  /// rd = value in one or two instructions, from memory now and then.
  void set(std::uint8_t rd, std::uint32_t value);
  void set(std::uint8_t rd, const Need& need);

  /// Registers as random code reads and writes them.
  [[nodiscard]] std::uint8_t any_source();
  [[nodiscard]] std::uint8_t any_destination();
  /// One of the pool that is not in `taken`; it is added there.
  [[nodiscard]] std::uint8_t fresh(Registers& taken);

  [[nodiscard]] isa::Operands random_operands(const isa::InsnSpec& spec);
  [[nodiscard]] std::int32_t random_immediate(const isa::FieldSpec& field);
  [[nodiscard]] const isa::InsnSpec& random_row(Unit unit);
  /// A value of every class now and then.
  [[nodiscard]] std::uint32_t random_value();
  [[nodiscard]] std::uint32_t value_of(ValueClass value);

  /// One instruction that computes (ALU, multiply, SIMD, 16-bit forms), sparing `keep`.
  void simple(Registers keep = 0);
  /// A 16-bit instruction of `form` that only computes or accesses nothing; false if none was
  /// found.
  bool compressed_compute(unsigned form, Registers keep);

 private:
  Program& program_;
  Rng& rng_;
  bool user_;
  std::uint32_t next_id_ = 0;
  std::vector<std::uint8_t> pool_;
};

}  // namespace freebits::random
