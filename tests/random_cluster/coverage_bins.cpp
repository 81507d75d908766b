// SPDX-License-Identifier: Apache-2.0
#include "coverage_bins.hpp"

#include <fmt/format.h>

namespace freebits::random_cluster {
namespace {

constexpr std::array<std::string_view, kBins> kNames = {
    "read refused for read of same word",
    "read refused for write of same word",
    "read refused for test-and-set of same word",
    "write refused for read of same word",
    "write refused for write of same word",
    "write refused for test-and-set of same word",
    "test-and-set refused for read of same word",
    "test-and-set refused for write of same word",
    "test-and-set refused for test-and-set of same word",
    "refused for other word of same bank",
    "core's read refused for DMA write",
    "core's write refused for DMA read",
    "core's write refused for DMA write",
    "DMA read refused for core",
    "DMA write refused for core",
    "refused once for each other core",
    "neighbouring bytes written by two cores",
    "word written, then read by another core",
    "DMA read and core's write of a word",
    "DMA write and core's write of a word",
    "DMA write and core's read of a word",
    "load byte",
    "load halfword",
    "load word",
    "load misaligned halfword in one word",
    "load misaligned word",
    "load halfword across words",
    "store byte",
    "store halfword",
    "store word",
    "store misaligned halfword in one word",
    "store misaligned word",
    "store halfword across words",
    "load post-increment",
    "store post-increment",
    "load of Mac&Load",
    "load L2",
    "store L2",
    "load L3",
    "store L3",
    "lock taken",
    "lock contended",
    "lock of a byte contended",
    "lock of a halfword contended",
    "lock of a word contended",
    "mutex free",
    "mutex handed on",
    "barrier, last to arrive",
    "barrier, waited",
    "barrier of part of the cores",
    "barrier while DMA moves",
    "barrier, arrived without waiting",
    "barrier's event waited for",
    "event there already",
    "event waited for",
    "timer's event",
    "DMA's event waited for",
    "L3 DMA's event waited for",
    "DMA queue overfull",
    "DMA transfers of two cores",
    "DMA started while busy",
    "L3 DMA started",
    "both DMAs at once",
    "interrupt",
    "interrupt while DMA moves",
    "interrupt right after sleep",
    "fence.i",
    "fence.i while others miss",
    "patch executed",
    "another core's patch executed",
    "all cores miss at once",
    "core, cache and DMA outside",
    "four activities at once"};

}  // namespace

std::string_view name(Bin bin) { return kNames[static_cast<std::size_t>(bin)]; }

bool possible(Bin bin, unsigned cores, isa::Level highest) {
  switch (bin) {
    case Bin::LoadPostIncrement:
    case Bin::StorePostIncrement:
      return highest >= isa::Level::XpulpV2;
    case Bin::LoadStream:
      return highest >= isa::Level::FlexV;
    case Bin::FourActivities:
      return cores >= 4;
    case Bin::ReadBehindRead:
    case Bin::ReadBehindWrite:
    case Bin::ReadBehindTas:
    case Bin::WriteBehindRead:
    case Bin::WriteBehindWrite:
    case Bin::WriteBehindTas:
    case Bin::TasBehindRead:
    case Bin::TasBehindWrite:
    case Bin::TasBehindTas:
    case Bin::SameBankOtherWord:
    case Bin::LongestWait:
    case Bin::NeighbourBytesWritten:
    case Bin::WrittenThenReadByOther:
    case Bin::LockContended:
    case Bin::LockContendedByte:
    case Bin::LockContendedHalf:
    case Bin::LockContendedWord:
    case Bin::MutexHandedOn:
    case Bin::BarrierSlept:
    case Bin::BarrierPartOfCores:
    case Bin::DmaOfTwoCores:
    case Bin::FenceIWhileOthersMiss:
    case Bin::BothDmas:
    case Bin::BarrierWhileDma:
    case Bin::InterruptOutOfSleep:
      return cores >= 2;
    default:
      return true;
  }
}

std::vector<std::string_view> holes(const Hits& hits, unsigned cores, isa::Level highest) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < kBins; ++i) {
    const auto bin = static_cast<Bin>(i);
    if (hits[i] == 0 && possible(bin, cores, highest)) names.push_back(name(bin));
  }
  return names;
}

std::string table(const Hits& hits) {
  std::string text;
  for (std::size_t i = 0; i < kBins; ++i) text += fmt::format("{:<52}{:>12}\n", kNames[i], hits[i]);
  return text;
}

}  // namespace freebits::random_cluster
