// SPDX-License-Identifier: Apache-2.0
// Calls, backward loops, and the first and last instructions of every program.
#include "generate.hpp"
#include "memory_map.hpp"

namespace freebits::random {

void generate_call(Builder& b) {
  // Jump over the function, then call it. Nothing else enters it: its return address would be
  // stale.
  b.begin("over function");
  b.to(b.next_id(), row("jal"), {});
  const std::uint32_t function = b.hidden_id();
  b.begin_hidden("function");
  for (std::uint32_t i = 1 + b.rng().below(4); i > 0; --i) b.simple(1U << kLinkRegister);
  b.op("jalr", {.rs1 = kLinkRegister});
  b.begin("call");
  if (b.rng().chance(50)) {
    b.to(function, row("jal"), {.rd = kLinkRegister});
    return;
  }
  Registers taken = 1;
  const std::uint8_t reg = b.fresh(taken);
  b.set(reg, Need{.target = function});
  b.op("jalr", {.rd = kLinkRegister, .rs1 = reg});
}

std::uint32_t open_backward_loop(Builder& b) {
  b.begin("backward loop");
  b.op("addi", {.rd = kCounterRegister, .imm = b.rng().between(1, b.user() ? 40 : 4)});
  return b.next_id();
}

void close_backward_loop(Builder& b, std::uint32_t start) {
  b.begin("end of backward loop");
  b.op("addi", {.rd = kCounterRegister, .rs1 = kCounterRegister, .imm = -1});
  b.to(start, row("blt"), {.rs1 = 0, .rs2 = kCounterRegister});
}

void prologue(Builder& b) {
  if (!b.user()) {
    b.begin("trap vector");
    b.op("lui", {.rd = 5, .imm = static_cast<std::int32_t>(kCodeBase >> 12)});
    if (b.rng().chance(50)) b.op("addi", {.rd = 5, .rs1 = 5, .imm = 1});  // vectored
    b.op("csrrw", {.rs1 = 5, .imm = 0x305});
    b.begin("interrupts");
    enable_interrupts(b);
    b.begin("registers");
    for (std::uint8_t i = 1; i < 32; ++i) {
      if ((kReserved >> i & 1) == 0) b.op("lw", {.rd = i, .imm = kInitialRegisters + 4 * i});
    }
  } else {
    b.begin("registers");
    for (std::uint8_t i = 1; i < 32; ++i) {
      if ((kReserved >> i & 1) == 0) {
        b.op("lui", {.rd = i, .imm = b.rng().between(0, 0xfffff)});
        b.op("addi", {.rd = i, .rs1 = i, .imm = b.rng().between(-2048, 2047)});
      }
    }
  }
  b.begin("anchor");
  b.op("lui", {.rd = kAnchorRegister, .imm = (kAnchor + 0x800) >> 12});
  b.op("addi", {.rd = kAnchorRegister,
                .rs1 = kAnchorRegister,
                .imm = static_cast<std::int32_t>(kAnchor << 20) >> 20});
  b.set(kLinkRegister, Need{.target = kEndTarget});
  b.op("addi", {.rd = kCounterRegister});
}

void epilogue(Builder& b) {
  if (b.user()) {
    b.begin("registers out");
    constexpr std::int32_t kOut = static_cast<std::int32_t>(kDataBase - kAnchor) + 0x400;
    for (std::uint8_t i = 1; i < 32; ++i) {
      b.op("sw", {.rs1 = kAnchorRegister, .rs2 = i, .imm = kOut + 4 * i});
    }
    return;
  }
  b.begin("CSRs");
  for (const isa::CsrSpec& csr : isa::csrs()) {
    if (csr.level <= b.level() && (csr.number < 0x320 || csr.number >= 0x340) &&
        (csr.number < 0xb00 || csr.number > 0xc9f)) {
      b.op("csrrs", {.rd = 1, .imm = csr.number});
    }
  }
}

}  // namespace freebits::random
