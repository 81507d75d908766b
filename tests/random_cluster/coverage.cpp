// SPDX-License-Identifier: Apache-2.0
#include "coverage.hpp"

#include <algorithm>
#include <bit>
#include <bitset>

#include "tb/isa/decode.hpp"

namespace freebits::random_cluster {

using tb::Activity;
using tb::BusAccess;
using tb::CycleView;

namespace {

constexpr std::uint64_t kNear = 6;       ///< cycles that count as "at the same time"
constexpr std::size_t kRemembered = 24;  ///< at least as long as the longest wait
constexpr std::uint64_t kWaking = 12;    ///< from the last cycle asleep to the handler
constexpr std::uint32_t kQueueDepth = 8;
constexpr std::uint32_t kFenceI = 0x100f;

bool in(std::uint32_t address, std::uint32_t base, std::uint32_t bytes) {
  return address - base < bytes;
}
bool in_l1(std::uint32_t address) {
  return in(address, n::L1Base, kL1Bytes) || in(address, n::L1TasBase, kL1Bytes);
}
std::uint32_t l1_offset(std::uint32_t address) { return address & (kL1Bytes - 1); }

/// A bin of a family that stands in order.
Bin after(Bin first, unsigned index) {
  return static_cast<Bin>(static_cast<unsigned>(first) + index);
}

}  // namespace

bool Coverage::is_tas(const BusAccess& access) const {
  return access.master < cores_ && !access.write && in(access.address, n::L1TasBase, kL1Bytes);
}

/// A request that is granted now was refused in the cycles right before: for whom?
void Coverage::conflicts(const CycleView& view) {
  const std::uint32_t bank_mask = 4 * 2 * cores_ - 4;
  for (const BusAccess& a : view.accesses) {
    const bool from_core = a.master < cores_;
    if (from_core && !in_l1(a.address)) continue;
    const unsigned waits = std::min<unsigned>(refused_[a.master], kRemembered);
    if (from_core && waits + 1 >= cores_ && waits != 0) hit(Bin::LongestWait);
    const unsigned wanted = is_tas(a) ? 2 : a.write ? 1 : 0;
    for (unsigned i = 0; i < std::min<std::size_t>(waits, past_.size()); ++i) {
      for (const BusAccess& other : past_[past_.size() - 1 - i].accesses) {
        const bool other_core = other.master < cores_;
        if (other.master == a.master || (other_core && !in_l1(other.address))) continue;
        const std::uint32_t mine = l1_offset(a.address);
        const std::uint32_t theirs = l1_offset(other.address);
        if (((mine ^ theirs) & bank_mask) != 0) continue;
        if (from_core && other_core) {
          const unsigned got = is_tas(other) ? 2 : other.write ? 1 : 0;
          hit(mine == theirs ? after(Bin::ReadBehindRead, 3 * wanted + got)
                             : Bin::SameBankOtherWord);
        } else if (from_core) {
          if (wanted == 0 && other.write) hit(Bin::CoreReadBehindDmaWrite);
          if (wanted == 1) {
            hit(other.write ? Bin::CoreWriteBehindDmaWrite : Bin::CoreWriteBehindDmaRead);
          }
        } else if (other_core) {
          hit(a.write ? Bin::DmaWriteBehindCore : Bin::DmaReadBehindCore);
        }
      }
    }
  }
  for (unsigned m = 0; m < cores_ + 2; ++m) {
    refused_[m] = (view.tcdm_conflicts >> m & 1) != 0 ? refused_[m] + 1 : 0;
  }
}

/// Accesses of different masters to one word, close in time.
void Coverage::neighbours(const CycleView& view) {
  for (const BusAccess& a : view.accesses) {
    const bool from_core = a.master < cores_;
    if (from_core && !in_l1(a.address)) continue;
    for (auto past = past_.rbegin(); past != past_.rend() && past->cycle + kNear >= now_; ++past) {
      for (const BusAccess& b : past->accesses) {
        const bool other_core = b.master < cores_;
        if (a.master == b.master || (other_core && !in_l1(b.address))) continue;
        if (l1_offset(a.address) != l1_offset(b.address)) continue;
        if (from_core && other_core) {
          if (a.write && b.write && (a.byte_enable & b.byte_enable) == 0) {
            hit(Bin::NeighbourBytesWritten);
          }
          if (!a.write && b.write) hit(Bin::WrittenThenReadByOther);
        } else if (from_core != other_core) {
          const BusAccess& core = from_core ? a : b;
          const BusAccess& dma = from_core ? b : a;
          if (core.write) hit(dma.write ? Bin::DmaWriteNearCoreWrite : Bin::DmaReadNearCoreWrite);
          if (!core.write && dma.write) hit(Bin::DmaWriteNearCoreRead);
        }
      }
    }
  }
}

void Coverage::memory_access(const isa::Retired& r) {
  const bool store = r.mem_wmask != 0;
  const unsigned mask = r.mem_rmask | r.mem_wmask;
  if (mask == 0) return;
  if (in(r.mem_addr, kL2Data, kDataBytes)) hit(store ? Bin::StoreL2 : Bin::LoadL2);
  if (in(r.mem_addr, kL3Data, kDataBytes)) hit(store ? Bin::StoreL3 : Bin::LoadL3);
  if (!in(r.mem_addr, n::L1Base, kL1Bytes)) return;
  const Bin first = store ? Bin::StoreByte : Bin::LoadByte;
  const unsigned place = r.mem_addr & 3;
  if (mask == 1) hit(first);
  if (mask == 3) hit(after(first, place == 3 ? 5 : place == 1 ? 3 : 1));
  if (mask == 15) hit(after(first, place == 0 ? 2 : 4));
  if (r.rd2 != 0) hit(store ? Bin::StorePostIncrement : Bin::LoadPostIncrement);
  if (isa::insn_length(r.insn) == 4) {
    const isa::InsnSpec* spec = isa::decode(r.insn, isa::Level::FlexV);
    if (spec != nullptr && spec->has(isa::kMacLoad)) hit(Bin::LoadStream);
  }
}

void Coverage::event_unit(const CycleView& view, unsigned core, const isa::Retired& r) {
  if (!in(r.mem_addr, n::EventUnitBase, 0x1000)) return;
  const std::uint32_t offset = r.mem_addr - n::EventUnitBase;
  const bool slept = core_[core].slept;
  const bool load = r.mem_rmask != 0;
  const std::uint32_t all = (1U << cores_) - 1;
  if (offset >= n::EuMutex) {
    if (load) hit(slept ? Bin::MutexHandedOn : Bin::MutexFree);
  } else if (offset >= n::EuBarrier) {
    if (load && offset % 16 == n::EuBarrierWait) {
      hit(slept ? Bin::BarrierSlept : Bin::BarrierLastToArrive);
      if (r.mem_rdata != all) hit(Bin::BarrierPartOfCores);
      if (view.dma_busy) hit(Bin::BarrierWhileDma);
    }
    if (!load && offset % 16 == n::EuBarrierGo) hit(Bin::BarrierGo);
  } else if (load && (offset == n::EuWait || offset == n::EuWaitClear)) {
    hit(slept ? Bin::EventSlept : Bin::EventThere);
    if ((r.mem_rdata >> n::EventBarrier & 0xff) != 0) hit(Bin::BarrierEvent);
    if ((r.mem_rdata >> n::EventTimer & 1) != 0) hit(Bin::TimerEvent);
    if ((r.mem_rdata >> n::EventDma & 1) != 0 && slept) hit(Bin::DmaEventSlept);
    if ((r.mem_rdata >> n::EventOutside & 1) != 0 && slept) hit(Bin::L3EventSlept);
  }
}

void Coverage::retired(const CycleView& view, unsigned core) {
  const isa::Retired& r = *view.retired[core];
  if (r.trap) return;
  memory_access(r);
  event_unit(view, core, r);
  if (r.mem_rmask != 0 && in(r.mem_addr, kLocks - n::L1Base + n::L1TasBase, kCounters - kLocks)) {
    if (r.mem_rdata == 0) {
      hit(Bin::LockTaken);
    } else {
      hit(Bin::LockContended);
      hit(r.mem_rmask == 1   ? Bin::LockContendedByte
          : r.mem_rmask == 3 ? Bin::LockContendedHalf
                             : Bin::LockContendedWord);
    }
  }
  if (view.interrupt[core]) {
    hit(Bin::Interrupt);
    if (view.dma_busy) hit(Bin::InterruptWhileDma);
    const std::uint64_t woke = core_[core].woke;
    if (woke != 0 && woke + kWaking >= now_) hit(Bin::InterruptOutOfSleep);
  }
  if ((r.insn & 0x707f) == kFenceI) {
    hit(Bin::FenceI);
    for (unsigned i = 0; i < cores_; ++i) {
      if (i != core && view.activity[i] == Activity::IcacheMiss) hit(Bin::FenceIWhileOthersMiss);
    }
  }
  if (in(r.pc, kPatches, kMaxCores * kPatchBytes)) hit(Bin::PatchExecuted);
  if (in(r.pc, kForeignPatches, kMaxSlots * kPatchBytes)) hit(Bin::ForeignPatchExecuted);
  core_[core].slept = false;
}

void Coverage::transfers(const CycleView& view) {
  if (!view.dma_busy) starts_ = starters_ = 0;
  for (unsigned i = 0; i < cores_; ++i) {
    const isa::Retired* r = view.retired[i];
    if (r == nullptr || r->mem_rmask == 0) continue;
    if (r->mem_addr == n::OutsideIoBase + n::DmaStart) {
      hit(Bin::L3DmaStarted);
      if (view.dma_busy) hit(Bin::BothDmas);
    }
    if (r->mem_addr != n::DmaBase + n::DmaStart) continue;
    if (++starts_ > kQueueDepth + 1) hit(Bin::DmaQueueOverfull);
    if (starts_ > 1) hit(Bin::DmaStartWhileBusy);
    starters_ |= 1U << i;
    if (std::popcount(starters_) > 1) hit(Bin::DmaOfTwoCores);
  }
}

void Coverage::outside(const CycleView& view) {
  if (!view.outside_request) return;
  const std::uint8_t id = view.outside_request->id;
  outside_seen_[id < n::OutsideIdIcache ? 0U : 1U + id - n::OutsideIdIcache] = now_;
  const auto recently = [&](unsigned i) {
    return outside_seen_[i] != 0 && outside_seen_[i] + kNear >= now_;
  };
  if (recently(0) && recently(1) && (recently(2) || recently(3))) hit(Bin::OutsideCrowded);
}

bool Coverage::cycle(const CycleView& view) {
  now_ = view.cycle;
  conflicts(view);
  neighbours(view);
  unsigned missing = 0;
  std::bitset<tb::kActivityNames.size()> activities;
  for (unsigned i = 0; i < cores_; ++i) {
    const Activity a = view.activity[i];
    activities.set(static_cast<std::size_t>(a));
    missing += a == Activity::IcacheMiss ? 1 : 0;
    const bool waits = a == Activity::Barrier || a == Activity::Idle || a == Activity::MemoryWait;
    core_[i].slept |= waits;
    if (a == Activity::Barrier || a == Activity::Idle) core_[i].woke = now_;
    if (view.retired[i] != nullptr) retired(view, i);
  }
  if (missing == cores_) hit(Bin::AllMissAtOnce);
  if (activities.count() >= 4) hit(Bin::FourActivities);
  transfers(view);
  outside(view);
  if (!view.accesses.empty() || !past_.empty()) {
    past_.push_back({now_, {view.accesses.begin(), view.accesses.end()}});
    if (past_.size() > kRemembered) past_.pop_front();
  }
  return true;
}

}  // namespace freebits::random_cluster
