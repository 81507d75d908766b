// SPDX-License-Identifier: Apache-2.0
// CSRs, traps, interrupts, fences.
#include "generate.hpp"
#include "memory_map.hpp"

namespace freebits::random {

using isa::InsnSpec;

namespace {

constexpr std::int32_t kMstatus = 0x300;
constexpr std::int32_t kMie = 0x304;
constexpr std::int32_t kMtvec = 0x305;
constexpr std::int32_t kMepc = 0x341;
constexpr std::int32_t kMieBit = 8;
constexpr std::string_view kOperations[] = {"csrrw",  "csrrs",  "csrrc",
                                            "csrrwi", "csrrsi", "csrrci"};

void disable_interrupts(Builder& b) { b.op("csrrci", {.imm = kMstatus, .imm2 = kMieBit}); }

/// csrrw … csrrci on CSR `number`; `reg` holds the operand of the register forms.
void access_csr(Builder& b, unsigned operation, std::int32_t number, std::uint8_t reg, bool zero) {
  isa::Operands operands;
  operands.rd = b.any_destination();
  operands.imm = number;
  operands.rs1 = zero ? 0 : reg;
  operands.imm2 = zero ? 0 : b.rng().between(1, 31);
  b.op(kOperations[operation], operands);
}

/// A random word that no level knows.
std::uint32_t undefined_word(Builder& b) {
  for (;;) {
    std::uint32_t word = b.rng().bits() | 3;
    if (b.rng().chance(60)) {  // near a defined one
      const InsnSpec& spec = b.rng().pick(isa::instructions());
      word = isa::encode(spec, b.random_operands(spec)) ^ (1U << b.rng().between(2, 31));
      if (b.rng().chance(30)) word ^= 1U << b.rng().between(2, 31);
    }
    if (isa::decode(word, isa::Level::FlexV) == nullptr) return word;
  }
}

void fetch_fault(Builder& b, bool second_half) {
  static constexpr std::uint32_t kHoles[] = {kCodeBase + kCodeSize, 0, 0x4000'0002,
                                             kConstBase + kConstSize + 2, kCodeBase - 4};
  Registers taken = 1;
  const std::uint8_t reg = b.fresh(taken);
  b.set(reg, Need{.target = b.ahead(2)});
  b.op("sw", {.rs2 = reg, .imm = kSafeAddress});
  b.set(reg, second_half ? kCodeBase + kCodeSize - 2 : b.rng().pick(kHoles));
  b.op("jalr", {.rd = b.any_destination(), .rs1 = reg});
}

/// CSR numbers nobody has, or that the level does not have, or read-only ones.
std::int32_t csr_of_trap(Builder& b, bool read_only) {
  for (;;) {
    auto number = b.rng().below(4096);
    if (b.rng().chance(50)) number = b.rng().pick(isa::csrs()).number;
    const isa::CsrSpec* spec = isa::find_csr(number, b.level());
    if (read_only ? spec != nullptr && spec->read_only() : spec == nullptr) {
      return static_cast<std::int32_t>(number);
    }
  }
}

void self_modifying(Builder& b) {
  Registers taken = 1U | 1U << 1;
  const std::uint8_t pointer = b.fresh(taken);
  const std::uint8_t word = b.fresh(taken);
  const InsnSpec* spec = &b.random_row(Unit::Alu);
  isa::Operands operands = b.random_operands(*spec);
  while (operands.rd == 1) operands.rd = b.any_destination();
  b.set(pointer, kModifiableBase);
  b.set(word, isa::encode(*spec, operands));
  b.op("sw", {.rs1 = pointer, .rs2 = word, .imm = b.rng().chance(50) ? 0 : 4});
  b.op("fence.i", {});
  b.op("jalr", {.rd = 1, .rs1 = pointer});
  b.op("addi", {.rd = pointer});
}

void write_mtvec(Builder& b) {
  Registers taken = 1;
  const std::uint8_t saved = b.fresh(taken);
  const std::uint8_t value = b.fresh(taken);
  disable_interrupts(b);
  b.set(value, kCodeBase + b.rng().below(2));  // direct or vectored
  b.op("csrrw", {.rd = saved, .rs1 = value, .imm = kMtvec});
  b.op("csrrs", {.rd = value, .imm = kMtvec});
  b.op("csrrsi", {.imm = kMstatus, .imm2 = kMieBit});
}

void machine_return(Builder& b) {
  Registers taken = 1;
  const std::uint8_t reg = b.fresh(taken);
  disable_interrupts(b);
  b.set(reg, Need{.target = b.ahead(2)});
  b.op("csrrw", {.rs1 = reg, .imm = kMepc});
  for (std::uint32_t i = b.rng().below(3); i > 0; --i) b.simple();
  b.op("mret", {});
}

}  // namespace

void enable_interrupts(Builder& b) {
  Registers taken = 1;
  const std::uint8_t reg = b.fresh(taken);
  b.set(reg, ~0U);
  b.op("csrrw", {.rs1 = reg, .imm = kMie});
  b.op("csrrsi", {.imm = kMstatus, .imm2 = kMieBit});
}

void generate_csr(Builder& b, const Goal& goal) {
  b.begin("csr");
  Registers taken = 1;
  const std::uint8_t reg = b.fresh(taken);
  const auto number = static_cast<std::int32_t>(goal.csr->number);
  b.set(reg, b.random_value());
  if (number != kMtvec) {
    access_csr(b, goal.a, number, reg, goal.b != 0);
    if (b.rng().chance(30)) b.op("csrrs", {.rd = b.any_destination(), .imm = number});
    return;
  }
  const std::uint8_t saved = b.fresh(taken);
  disable_interrupts(b);
  b.op("csrrs", {.rd = saved, .imm = kMtvec});
  isa::Operands operands{.rs1 = goal.b != 0 ? std::uint8_t{0} : reg, .imm = number};
  operands.imm2 = goal.b != 0 ? 0 : b.rng().between(1, 31);
  b.op(kOperations[goal.a], operands);
  b.op("csrrw", {.rd = reg, .rs1 = saved, .imm = kMtvec});
  b.op("csrrsi", {.imm = kMstatus, .imm2 = kMieBit});
}

void generate_trap(Builder& b, const Goal& goal) {
  b.begin("trap");
  for (std::uint32_t i = b.rng().below(3); i > 0; --i) b.simple();
  if (b.rng().chance(30)) plain_access(b, b.rng().chance(50) ? Unit::Load : Unit::Store);
  switch (static_cast<TrapKind>(goal.a)) {
    case TrapKind::Illegal32:
      b.add(raw_word(undefined_word(b)));
      return;
    case TrapKind::Illegal16:
      b.add(raw_half(b.rng().pick(compressed_illegal())));
      return;
    case TrapKind::Ecall:
      b.op("ecall", {});
      return;
    case TrapKind::Ebreak:
      b.op("ebreak", {});
      return;
    case TrapKind::FetchHole:
      fetch_fault(b, false);
      return;
    case TrapKind::FetchSecondHalf:
      fetch_fault(b, true);
      return;
    case TrapKind::CsrMissing:
      access_csr(b, b.rng().below(6), csr_of_trap(b, false), b.any_source(), b.rng().chance(30));
      return;
    case TrapKind::CsrReadOnly: {
      Registers taken = 1;
      access_csr(b, b.rng().below(6), csr_of_trap(b, true), b.fresh(taken), false);
      return;
    }
  }
}

void generate_above_level(Builder& b, const Goal& goal) {
  b.begin("above-level");
  b.op(*goal.spec, b.random_operands(*goal.spec));
}

void generate_system(Builder& b, const Goal& goal) {
  static constexpr const char* kNames[] = {
      "wfi", "mret", "fence", "fence.i", "self-modifying", "mtvec", "interrupts"};
  b.begin(kNames[goal.a]);
  switch (static_cast<SystemKind>(goal.a)) {
    case SystemKind::Wfi:
      enable_interrupts(b);
      if (b.rng().chance(40)) disable_interrupts(b);
      b.op("wfi", {});
      return;
    case SystemKind::Mret:
      machine_return(b);
      return;
    case SystemKind::Fence:
      if (b.rng().chance(50)) plain_access(b, Unit::Store);
      b.op("fence", b.random_operands(row("fence")));
      return;
    case SystemKind::FenceI:
      b.op("fence.i", b.random_operands(row("fence.i")));
      return;
    case SystemKind::SelfModifying:
      self_modifying(b);
      return;
    case SystemKind::Mtvec:
      write_mtvec(b);
      return;
    case SystemKind::Interrupts:
      enable_interrupts(b);
      return;
  }
}

}  // namespace freebits::random
