// SPDX-License-Identifier: Apache-2.0
// XCVhwlp: setting up hardware loops. Their effect on the flow is in hart.cpp, after_loops().
#include "tb/isa/insn/handlers.hpp"

namespace freebits::isa {
namespace {

u32 word_aligned(u32 address) { return address & ~3u; }

/// pc + (words << 2)
u32 words_ahead(const Insn& i, i32 words) {
  return word_aligned(i.pc + (static_cast<u32>(words) << 2));
}

Flow starti(HartState& h, const Insn& i) {
  h.loops[i.loop].start = words_ahead(i, i.imm);
  return Flow::Next;
}

Flow start(HartState& h, const Insn& i) {
  h.loops[i.loop].start = word_aligned(h.x[i.rs1]);
  return Flow::Next;
}

Flow endi(HartState& h, const Insn& i) {
  h.loops[i.loop].end = words_ahead(i, i.imm);
  return Flow::Next;
}

Flow end(HartState& h, const Insn& i) {
  h.loops[i.loop].end = word_aligned(h.x[i.rs1]);
  return Flow::Next;
}

Flow counti(HartState& h, const Insn& i) {
  h.loops[i.loop].count = static_cast<u32>(i.imm);
  return Flow::Next;
}

Flow count(HartState& h, const Insn& i) {
  h.loops[i.loop].count = h.x[i.rs1];
  return Flow::Next;
}

// count = uimmL, end = pc + (uimmS << 2)
Flow setupi(HartState& h, const Insn& i) {
  h.loops[i.loop] = {word_aligned(i.pc + 4), words_ahead(i, i.imm2), static_cast<u32>(i.imm)};
  return Flow::Next;
}

// count = rs1, end = pc + (uimmL << 2)
Flow setup(HartState& h, const Insn& i) {
  h.loops[i.loop] = {word_aligned(i.pc + 4), words_ahead(i, i.imm), h.x[i.rs1]};
  return Flow::Next;
}

}  // namespace

Execute corev_hwloop_handler(const InsnSpec& spec) {
  switch (spec.op) {
    case Op::CvStarti:
      return starti;
    case Op::CvStart:
      return start;
    case Op::CvEndi:
      return endi;
    case Op::CvEnd:
      return end;
    case Op::CvCounti:
      return counti;
    case Op::CvCount:
      return count;
    case Op::CvSetupi:
      return setupi;
    case Op::CvSetup:
      return setup;
    default:
      return nullptr;
  }
}

}  // namespace freebits::isa
