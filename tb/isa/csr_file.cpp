// SPDX-License-Identifier: Apache-2.0
// What reading and writing each CSR does (docs/isa.md, rtl/README.md).
#include "tb/isa/csr.hpp"
#include "tb/isa/hart.hpp"
#include "tb/isa/hart_state.hpp"

namespace freebits::isa {
namespace {

constexpr u32 kMisaX = 1u << 23;  // non-standard extensions present

/// The state behind a CSR that is a plain register, or null.
const u32* plain_register(const HartState& h, u32 number) {
  switch (number) {
    case 0x300:
      return &h.mstatus;
    case 0x304:
      return &h.mie;
    case 0x305:
      return &h.mtvec;
    case 0x340:
      return &h.mscratch;
    case 0x341:
      return &h.mepc;
    case 0x342:
      return &h.mcause;
    case 0x343:
      return &h.mtval;
    case 0x344:
      return &h.mip;
    case 0x7c0:
      return &h.mixed.fmt;
    case 0x7c1:
      return &h.mixed.skip;
    case 0x7c2:
      return &h.mixed.slice;
    case 0x7c3:
      return &h.quant;
    case 0x7c4:
      return &h.mixed.activations.address;
    case 0x7c5:
      return &h.mixed.activations.stride;
    case 0x7c6:
      return &h.mixed.activations.rollback;
    case 0x7c7:
      return &h.mixed.activations.skip;
    case 0x7c8:
      return &h.mixed.weights.address;
    case 0x7c9:
      return &h.mixed.weights.stride;
    case 0x7ca:
      return &h.mixed.weights.rollback;
    case 0x7cb:
      return &h.mixed.weights.skip;
    case 0x7cc:
      return &h.mixed.act[0];
    case 0x7cd:
      return &h.mixed.act[1];
    case 0x7d0:
      return &h.mixed.weight[0];
    case 0x7d1:
      return &h.mixed.weight[1];
    case 0x7d2:
      return &h.mixed.weight[2];
    case 0x7d3:
      return &h.mixed.weight[3];
    case 0xcc0:
      return &h.loops[0].start;
    case 0xcc1:
      return &h.loops[0].end;
    case 0xcc2:
      return &h.loops[0].count;
    case 0xcc4:
      return &h.loops[1].start;
    case 0xcc5:
      return &h.loops[1].end;
    case 0xcc6:
      return &h.loops[1].count;
    case 0xcd0:
    case 0xf14:
      return &h.hart_id;
    default:
      return nullptr;
  }
}

/// A counter CSR: 0xB00 + n, its high half 0xB80 + n, or the read-only shadows at 0xC00 and 0xC80.
struct CounterCsr {
  explicit CounterCsr(u32 number) : index(number & 0x1f), high((number & 0x80) != 0) {
    const u32 group = number & 0xf60;
    exists = (group == 0xb00 || group == 0xc00) && index < Counters::kCount;
  }

  unsigned index;
  bool high;
  bool exists;
};

/// A width code of 3 is stored as 0.
u32 legal_fmt(u32 fmt) {
  if ((fmt & 0x03) == 0x03) fmt &= ~0x03u;
  if ((fmt & 0x30) == 0x30) fmt &= ~0x30u;
  return fmt;
}

}  // namespace

u32 HartState::read_csr(u32 number) const {
  if (const CounterCsr counter(number); counter.exists) {
    const std::uint64_t value = counters.read(counter.index, order);
    return static_cast<u32>(counter.high ? value >> 32 : value);
  }
  if (const u32* reg = plain_register(*this, number)) return *reg;
  const u32 constant = find_csr(number, level)->reset;
  switch (number) {
    case 0x301:
      return constant | (level >= Level::XpulpV2 ? kMisaX : 0);
    case 0x320:
      return counters.inhibit();
    default:
      return constant;
  }
}

void HartState::write_csr(u32 number, u32 value) {
  const u32 mask = find_csr(number, level)->write_mask;
  if (mask == 0) return;
  if (const CounterCsr counter(number); counter.exists) {
    const std::uint64_t old = counters.read(counter.index, order);
    const std::uint64_t changed = counter.high ? std::uint64_t{value} << 32 | static_cast<u32>(old)
                                               : (old >> 32 << 32) | value;
    counters.write(counter.index, changed, order);
    return;
  }
  if (number == 0x320) {
    counters.write_inhibit(value & mask, order);
    return;
  }
  auto* reg = const_cast<u32*>(plain_register(*this, number));
  *reg = (*reg & ~mask) | (value & mask);
  if (number == 0x7c0) {
    mixed.fmt = legal_fmt(mixed.fmt);
    mixed.slice = 0;
  }
  if (number == 0x7c3 && (quant >> 16 & 3) == 3) quant &= ~(u32{3} << 16);
  attention();
}

bool csr_is_time_dependent(std::uint32_t number) {
  constexpr unsigned kInstret = 2;
  const CounterCsr counter(number);
  return number == 0x344 || (counter.exists && counter.index != kInstret);
}

}  // namespace freebits::isa
