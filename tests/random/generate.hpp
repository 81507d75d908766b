// SPDX-License-Identifier: Apache-2.0
// What the generator is made of: one function per kind of goal. Each appends one or more items.
#pragma once

#include <optional>

#include "builder.hpp"
#include "goals.hpp"

namespace freebits::random {

/// How the instruction of interest gets its operands.
struct Request {
  const isa::InsnSpec* spec = nullptr;
  std::optional<Position> position = {};  ///< the operand of interest
  std::optional<Producer> producer = {};  ///< written by this just before
  unsigned distance = 1;
  std::optional<std::uint32_t> value = {};    ///< has this value
  std::optional<std::uint32_t> address = {};  ///< of the access
  std::optional<isa::FieldSpec> field = {};   ///< this immediate has the value `immediate`
  std::int32_t immediate = 0;
};

// generate_operate.cpp: one instruction with chosen operands (Hazard, Value, Immediate, Access,
// Branch).
void operate(Builder& b, const Request& request);
void generate_hazard(Builder& b, const Goal& goal);
void generate_value(Builder& b, const Goal& goal);
void generate_immediate(Builder& b, const Goal& goal);
void generate_branch(Builder& b, const Goal& goal);

// generate_produce.cpp: writes `reg` by an instruction of the given kind; with a need, that value.
void produce(Builder& b, Producer producer, std::uint8_t reg, const Need* need, Registers taken);

// generate_memory.cpp
[[nodiscard]] std::uint32_t pick_address(Builder& b, const isa::InsnSpec& spec, unsigned remainder,
                                         Outcome outcome);
/// Fills needs (by Position) and the immediate so that the access goes to `address`.
void address_needs(Builder& b, const isa::InsnSpec& spec, std::uint32_t address, bool near,
                   std::optional<Position> hazard, isa::Operands& operands,
                   std::array<std::optional<Need>, 3>& needs);
/// Points the Mac&Load stream that this row advances to `address`.
void set_stream_address(Builder& b, const isa::InsnSpec& spec, std::uint32_t address,
                        Registers& taken);
void generate_access(Builder& b, const Goal& goal);
/// One load or store of any kind inside the data, base from the anchor register.
void plain_access(Builder& b, Unit unit);

// generate_compressed.cpp
void generate_compressed(Builder& b, const Goal& goal);

// generate_system.cpp
void generate_csr(Builder& b, const Goal& goal);
void generate_trap(Builder& b, const Goal& goal);
void generate_above_level(Builder& b, const Goal& goal);
void generate_system(Builder& b, const Goal& goal);
void enable_interrupts(Builder& b);

// generate_loops.cpp
void generate_loop(Builder& b, const Goal& goal);

// generate_requant.cpp
void generate_requant(Builder& b, const Goal& goal);
// generate_mixed.cpp
void generate_mixed(Builder& b, const Goal& goal);
void generate_stream(Builder& b, const Goal& goal);

// generate_flow.cpp
void generate_call(Builder& b);
/// The start of a backward loop; returns the id to come back to.
[[nodiscard]] std::uint32_t open_backward_loop(Builder& b);
void close_backward_loop(Builder& b, std::uint32_t start);
void prologue(Builder& b);
void epilogue(Builder& b);

}  // namespace freebits::random
