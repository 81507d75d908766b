// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tb/memory/system_memory.hpp"

namespace freebits::random {

// Everything outside these regions faults. Addresses stay below 2^20 where pointers are made by
// multiplication (Producer::Mulh).
inline constexpr std::uint32_t kCodeBase = 0x0001'0000;  ///< read-only: trap handler, program
inline constexpr std::uint32_t kCodeSize = 0x4000;
inline constexpr std::uint32_t kProgramBase = kCodeBase + 0x200;  ///< boot address
inline constexpr std::uint32_t kModifiableBase = 0x0001'8000;     ///< writable code
inline constexpr std::uint32_t kModifiableSize = 0x100;
inline constexpr std::uint32_t kDataBase = 0x0002'0000;  ///< writable data; read-only data follows
inline constexpr std::uint32_t kDataSize = 0x1000;
inline constexpr std::uint32_t kConstBase = kDataBase + kDataSize;
inline constexpr std::uint32_t kConstSize = 0x400;
inline constexpr std::uint32_t kTopBase =
    0xffff'f000;  ///< the last page: addresses wrap at its end
inline constexpr std::uint32_t kTopSize = 0x1000;

/// What the anchor register (x18) holds: within ±2 KiB lie writable and read-only data.
inline constexpr std::uint32_t kAnchor = kDataBase + 0xc00;

// Offsets from x0, in the last page.
inline constexpr std::int32_t kSaveArea = -2048;     ///< two registers of the trap handler
inline constexpr std::int32_t kTrapBudget = -2040;   ///< traps left before the handler gives up
inline constexpr std::int32_t kSafeAddress = -2036;  ///< where to go on after a fetch fault
inline constexpr std::int32_t kInitialRegisters = -1792;  ///< 32 words

/// The memory of every random program: all regions, zeroed.
[[nodiscard]] tb::SystemMemory make_memory();

}  // namespace freebits::random
