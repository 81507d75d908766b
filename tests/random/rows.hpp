// SPDX-License-Identifier: Apache-2.0
// The instruction table as generator and coverage see it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tb/isa/decode.hpp"

namespace freebits::random {

/// What executes an instruction, as far as hazards and stalls are concerned.
enum class Unit : std::uint8_t {
  Alu,
  Mul,
  Mulh,
  Div,
  Dotp,
  Load,
  Store,
  Branch,
  Jump,
  Csr,
  HwLoop,
  MacLoad,
  System
};
inline constexpr std::array<std::string_view, 13> kUnitNames = {
    "alu",    "mul",  "mulh", "div",    "dotp",    "load",  "store",
    "branch", "jump", "csr",  "hwloop", "macload", "system"};

[[nodiscard]] Unit unit_of(const isa::InsnSpec& spec);

/// Who wrote a register that the next instruction reads.
enum class Producer : std::uint8_t {
  Alu,
  Mul,
  Mulh,
  Div,
  Dotp,
  Load,
  Csr,
  PostIncrement,
  MacLoad,
  Link
};
inline constexpr std::array<std::string_view, 10> kProducerNames = {
    "alu", "mul", "mulh", "div", "dotp", "load", "csr", "postinc", "macload", "link"};

[[nodiscard]] bool exists_at(Producer producer, isa::Level level);

/// The producer an instruction of this unit is for its rd.
[[nodiscard]] std::optional<Producer> producer_of(Unit unit);

/// Source operand positions.
enum class Position : std::uint8_t { Rs1, Rs2, Rd };
inline constexpr std::array<std::string_view, 3> kPositionNames = {"rs1", "rs2", "rd"};

[[nodiscard]] bool reads(const isa::InsnSpec& spec, Position position);
[[nodiscard]] std::uint8_t source(const isa::Operands& operands, Position position);
void set_source(isa::Operands& operands, Position position, std::uint8_t reg);

/// Index of a row in isa::instructions().
[[nodiscard]] std::size_t row_index(const isa::InsnSpec& spec);

/// "cv.lw (LoadReg)": the mnemonic, with the format where several rows share it.
[[nodiscard]] std::string row_name(const isa::InsnSpec& spec);

/// The row called `mnemonic` (and of `format`, where several share the name).
[[nodiscard]] const isa::InsnSpec& row(std::string_view mnemonic,
                                       std::optional<isa::Format> format = {});

/// Bytes a load or store moves; the 32-bit word for Mac&Load.
[[nodiscard]] unsigned access_size(const isa::InsnSpec& spec);

/// True where rs1 is the address of a data access.
[[nodiscard]] bool has_base(const isa::InsnSpec& spec);

/// Interesting operand values.
enum class ValueClass : std::uint8_t {
  Zero,
  One,
  MinusOne,
  Min,
  Max,
  SmallPositive,
  SmallNegative,
  Lanes,
  Other
};
inline constexpr std::array<std::string_view, 9> kValueClassNames = {
    "0", "1", "-1", "min", "max", "small+", "small-", "lanes", "other"};
[[nodiscard]] ValueClass value_class(std::uint32_t value);

/// Forms of 16-bit instructions (RV32C without F and D).
inline constexpr std::array<std::string_view, 27> kCompressedNames = {
    "c.addi4spn", "c.lw",  "c.sw",     "c.nop",  "c.addi", "c.jal",  "c.li",
    "c.addi16sp", "c.lui", "c.srli",   "c.srai", "c.andi", "c.sub",  "c.xor",
    "c.or",       "c.and", "c.j",      "c.beqz", "c.bnez", "c.slli", "c.lwsp",
    "c.jr",       "c.mv",  "c.ebreak", "c.jalr", "c.add",  "c.swsp"};

/// Index into kCompressedNames; nothing for reserved and foreign encodings.
[[nodiscard]] std::optional<unsigned> compressed_form(std::uint16_t insn);

/// All encodings of one form, HINTs included.
[[nodiscard]] std::span<const std::uint16_t> compressed_encodings(unsigned form);

/// All 16-bit encodings that are illegal instructions.
[[nodiscard]] std::span<const std::uint16_t> compressed_illegal();

/// The table row of an instruction as fetched, 16-bit ones expanded; null if illegal at `level`.
[[nodiscard]] const isa::InsnSpec* decode_fetched(std::uint32_t insn, isa::Level level);

/// The 32-bit form of an instruction as fetched.
[[nodiscard]] std::uint32_t expand_fetched(std::uint32_t insn);

}  // namespace freebits::random
