// SPDX-License-Identifier: Apache-2.0
// The rows of the instruction table by group; decode_table.cpp joins them.
#pragma once

#include <span>

#include "tb/isa/decode.hpp"

namespace freebits::isa::table {

std::span<const InsnSpec> base();
std::span<const InsnSpec> corev();
std::span<const InsnSpec> simd();
std::span<const InsnSpec> freebits();

/// Traits every instruction of a format has; a row adds its own.
[[nodiscard]] constexpr std::uint16_t format_traits(Format format) {
  switch (format) {
    case Format::None:
    case Format::Fence:
      return kSystem;
    case Format::R:
    case Format::RShift:
    case Format::RLane:
      return kReadsRs1 | kReadsRs2 | kWritesRd;
    case Format::Unary:
    case Format::I:
    case Format::Uimm5:
    case Format::BitField:
    case Format::BitReverse:
    case Format::SimdSimm6:
    case Format::SimdUimm6:
      return kReadsRs1 | kWritesRd;
    case Format::Jalr:
      return kReadsRs1 | kWritesRd | kJump;
    case Format::Load:
      return kReadsRs1 | kWritesRd | kLoad;
    case Format::Store:
      return kReadsRs1 | kReadsRs2 | kStore;
    case Format::Branch:
      return kReadsRs1 | kReadsRs2 | kBranch;
    case Format::Upper:
      return kWritesRd;
    case Format::Jump:
      return kWritesRd | kJump;
    case Format::Csr:
      return kReadsRs1 | kWritesRd | kCsr;
    case Format::CsrImm:
      return kWritesRd | kCsr;
    case Format::LoadPostImm:
      return kReadsRs1 | kWritesRd | kWritesRs1 | kLoad;
    case Format::LoadPostReg:
      return kReadsRs1 | kReadsRs2 | kWritesRd | kWritesRs1 | kLoad;
    case Format::LoadReg:
      return kReadsRs1 | kReadsRs2 | kWritesRd | kLoad;
    case Format::StorePostImm:
      return kReadsRs1 | kReadsRs2 | kWritesRs1 | kStore;
    case Format::StorePostReg:
      return kReadsRs1 | kReadsRs2 | kReadsRd | kWritesRs1 | kStore;
    case Format::StoreReg:
      return kReadsRs1 | kReadsRs2 | kReadsRd | kStore;
    case Format::BranchImm:
      return kReadsRs1 | kBranch;
    case Format::LoopImm:
    case Format::LoopSetupImm:
      return kHwLoop;
    case Format::LoopReg:
    case Format::LoopSetupReg:
      return kReadsRs1 | kHwLoop;
    case Format::MacLoadWeight:
    case Format::MacLoadAct:
      return kWritesRd | kMacLoad | kLoad;
    case Format::MacLoadNone:
      return kWritesRd | kMacLoad;
  }
  return 0;
}

}  // namespace freebits::isa::table
