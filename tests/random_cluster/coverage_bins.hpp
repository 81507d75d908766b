// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tb/isa/level.hpp"

namespace freebits::random_cluster {

/// What a campaign must have seen at least once.
enum class Bin : std::uint8_t {
  // a core's L1 access refused: what it wanted x what another master was granted in the same word
  ReadBehindRead,
  ReadBehindWrite,
  ReadBehindTas,
  WriteBehindRead,
  WriteBehindWrite,
  WriteBehindTas,
  TasBehindRead,
  TasBehindWrite,
  TasBehindTas,
  SameBankOtherWord,
  CoreReadBehindDmaWrite,
  CoreWriteBehindDmaRead,
  CoreWriteBehindDmaWrite,
  DmaReadBehindCore,
  DmaWriteBehindCore,
  LongestWait,  ///< as many refusals as there are other cores
  // one word within a few cycles
  NeighbourBytesWritten,  ///< by two cores
  WrittenThenReadByOther,
  DmaReadNearCoreWrite,
  DmaWriteNearCoreWrite,
  DmaWriteNearCoreRead,
  // loads and stores of L1, by width and place in the word
  LoadByte,
  LoadHalf,
  LoadWord,
  LoadHalfOdd,
  LoadWordOdd,
  LoadAcross,
  StoreByte,
  StoreHalf,
  StoreWord,
  StoreHalfOdd,
  StoreWordOdd,
  StoreAcross,
  LoadPostIncrement,
  StorePostIncrement,
  LoadStream,
  LoadL2,
  StoreL2,
  LoadL3,
  StoreL3,
  // locks, barriers, events
  LockTaken,
  LockContended,
  LockContendedByte,
  LockContendedHalf,
  LockContendedWord,
  MutexFree,
  MutexHandedOn,
  BarrierLastToArrive,
  BarrierSlept,
  BarrierPartOfCores,
  BarrierWhileDma,
  BarrierGo,
  BarrierEvent,
  EventThere,
  EventSlept,
  TimerEvent,
  DmaEventSlept,
  L3EventSlept,
  // transfers
  DmaQueueOverfull,
  DmaOfTwoCores,
  DmaStartWhileBusy,
  L3DmaStarted,
  BothDmas,
  // interrupts and code
  Interrupt,
  InterruptWhileDma,
  InterruptOutOfSleep,
  FenceI,
  FenceIWhileOthersMiss,
  PatchExecuted,
  ForeignPatchExecuted,
  AllMissAtOnce,
  OutsideCrowded,  ///< core, cache and DMA within a few cycles
  FourActivities,  ///< in one cycle four different ones
  Count
};
inline constexpr std::size_t kBins = static_cast<std::size_t>(Bin::Count);

using Hits = std::array<std::uint64_t, kBins>;

[[nodiscard]] std::string_view name(Bin bin);
/// Whether a cluster of so many cores at this level can get there.
[[nodiscard]] bool possible(Bin bin, unsigned cores, isa::Level highest);
/// Possible bins never hit.
[[nodiscard]] std::vector<std::string_view> holes(const Hits& hits, unsigned cores,
                                                  isa::Level highest);
/// All bins with their hits.
[[nodiscard]] std::string table(const Hits& hits);

}  // namespace freebits::random_cluster
