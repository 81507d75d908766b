// SPDX-License-Identifier: Apache-2.0
// Where the parts of a random cluster program lie.
#pragma once

#include <cstdint>

#include "tb/cluster_numbers.hpp"

namespace freebits::random_cluster {

namespace n = tb::cluster_numbers;

inline constexpr unsigned kMaxCores = 16;
inline constexpr unsigned kMaxSlots = 96;  ///< steps that have memory of their own
inline constexpr std::uint32_t kSlotBytes = 0x400;

// L1. Locks and their counters are neighbours: whoever spins disturbs whoever counts.
inline constexpr std::uint32_t kL1Bytes = 0x2'0000;
inline constexpr std::uint32_t kLocks = n::L1Base;            ///< 8, three widths
inline constexpr std::uint32_t kCounters = n::L1Base + 0x10;  ///< of the locks, words
inline constexpr std::uint32_t kMutexCounters = n::L1Base + 0x40;
inline constexpr std::uint32_t kFailures = n::L1Base + 0x80;  ///< a word for each core
inline constexpr std::uint32_t kShared = 0x400;  ///< owned bytes, at this offset of each memory
inline constexpr std::uint32_t kSharedBytes = 0x200;
inline constexpr std::uint32_t kRacing = n::L1Base + 0x800;  ///< anybody's: what is left is unknown
inline constexpr std::uint32_t kRacingBytes = 0x800;
inline constexpr std::uint32_t kPrivate = n::L1Base + 0x1000;
inline constexpr std::uint32_t kPrivateBytes = 0x200;  ///< for each core
inline constexpr std::uint32_t kPrivateAnchor = 0x100;
inline constexpr std::uint32_t kSaved = 0x1c0;  ///< registers at the end, in the private area

// The same offsets in L1, L2 and L3: data nobody writes, and the steps' own areas.
inline constexpr std::uint32_t kSource = 0x5000;
inline constexpr std::uint32_t kSourceBytes = 0x3000;
inline constexpr std::uint32_t kSlots = 0x8000;
inline constexpr std::uint32_t kDataBytes = kSlots + kMaxSlots * kSlotBytes;
static_assert(kDataBytes == kL1Bytes);

// L2: data, then code.
inline constexpr std::uint32_t kL2Data = n::L2Base + 0x10'0000;
inline constexpr std::uint32_t kL3Data = n::L3Base;
inline constexpr std::uint32_t kToHost = n::L2Base + 0x12'8000;
inline constexpr std::uint32_t kBoot = n::L2Base;  ///< sends each core to its own code
inline constexpr std::uint32_t kHandler = n::L2Base + 0x100;
inline constexpr std::uint32_t kFunctions = n::L2Base + 0x400;  ///< called by all cores
inline constexpr std::uint32_t kFunctionBytes = 0x400;
inline constexpr unsigned kNumFunctions = 8;  ///< together larger than the instruction cache
inline constexpr std::uint32_t kPatches = n::L2Base + 0x3000;  ///< code a core writes for itself
inline constexpr std::uint32_t kPatchBytes = 0x20;
inline constexpr std::uint32_t kForeignPatches = n::L2Base + 0x4000;  ///< … for others, a slot each
inline constexpr std::uint32_t kCode = n::L2Base + 0x8000;
inline constexpr std::uint32_t kCodeBytes = 0xf000;  ///< for each core
static_assert(kCode + kMaxCores * kCodeBytes <= kL2Data);

/// Shares of the registers. What private registers hold never depends on time.
inline constexpr std::uint8_t kLink = 1;
inline constexpr std::uint8_t kPrivateBase = 18;  ///< + kPrivateAnchor
inline constexpr std::uint8_t kEventUnit = 29;    ///< its base
inline constexpr std::uint8_t kHandlerScratch = 30;
inline constexpr std::uint8_t kInterrupts = 31;  ///< taken so far
inline constexpr std::uint8_t kPrivateRegisters[] = {8, 9, 10, 11, 12, 13, 14, 15, 16, 17};
inline constexpr std::uint8_t kScratchRegisters[] = {2,  5,  6,  7,  19, 20, 21,
                                                     22, 23, 24, 25, 26, 27, 28};

inline constexpr unsigned kNumLocks = 8;
inline constexpr unsigned kInterruptEvent = 7;  ///< software event that interrupts

}  // namespace freebits::random_cluster
