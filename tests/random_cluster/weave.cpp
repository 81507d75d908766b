// SPDX-License-Identifier: Apache-2.0
#include "weave.hpp"

#include <algorithm>
#include <bit>

namespace freebits::random_cluster {

unsigned pick_core(Rng& rng, std::uint32_t cores) {
  for (std::uint32_t left = rng.below(static_cast<std::uint32_t>(std::popcount(cores))); left > 0;
       --left) {
    cores &= cores - 1;
  }
  return static_cast<unsigned>(std::countr_zero(cores));
}

Ownership::Ownership(Rng& rng, const std::vector<bool>& free, std::uint32_t cores) {
  constexpr unsigned kNobody = kMaxCores;
  std::vector<unsigned> owner(free.size(), kNobody);
  for (std::size_t at = 0; at < free.size();) {
    const unsigned core = pick_core(rng, cores);
    for (std::uint32_t run = 1 + rng.below(6); run > 0 && at < free.size(); --run, ++at) {
      if (free[at]) owner[at] = core;
    }
  }
  for (std::size_t at = 0; at < free.size(); ++at) {
    for (const unsigned bytes : {1U, 2U, 4U}) {
      const auto mine = [&](unsigned who) { return who == owner[at]; };
      if (owner[at] == kNobody || at + bytes > free.size()) continue;
      const auto first = owner.begin() + static_cast<std::ptrdiff_t>(at);
      if (!std::all_of(first, first + bytes, mine)) continue;
      owned_[owner[at]].push_back({static_cast<std::uint32_t>(at), bytes});
    }
  }
}

namespace {

Ownership share(const Plan& plan) {
  Rng rng(plan.seed + plan.index);
  return {rng, std::vector<bool>(kSharedBytes, true), (1U << plan.cores) - 1};
}

}  // namespace

Weave::Weave(const Plan& the_plan) : plan(the_plan), shared(share(the_plan)) {
  teams.fill(all());
  for (unsigned i = 0; i < plan.cores; ++i) {
    cores.push_back(std::make_unique<CoreCode>(plan.level, i));
  }
  Rng rng(plan.seed ^ plan.index);
  const auto fill = [&](std::uint32_t base, std::uint32_t bytes) {
    for (std::uint32_t i = 0; i < bytes; ++i) {
      memories.put(base + i, static_cast<std::uint8_t>(rng.bits()));
    }
    memories.judge(base, bytes);
  };
  for (const std::uint32_t base : {n::L1Base, kL2Data, kL3Data}) {
    fill(base + kSource, kSourceBytes);
    fill(base + kShared, kSharedBytes);
    memories.judge(base + kSlots, kMaxSlots * kSlotBytes);
  }
  fill(kPrivate, kPrivateBytes * plan.cores);
  memories.judge(kLocks, kCounters - kLocks);  // free at the end
}

void Weave::each(std::uint32_t mask, const std::function<void(CoreCode&)>& part) {
  for (; mask != 0; mask &= mask - 1) {
    part(*cores[static_cast<std::size_t>(std::countr_zero(mask))]);
  }
}

void Weave::barrier(unsigned index) {
  each(teams[index], [&](CoreCode& code) {
    const std::uint8_t team = code.take();
    code.wait(team, n::EuBarrier + 16 * index + n::EuBarrierWait);
    code.release({team});
  });
}

void Weave::together(std::uint32_t mask) {
  for (unsigned i = 0; i < teams.size(); ++i) {
    if (teams[i] == mask) return barrier(i);
  }
}

void Weave::settle_interrupts() {
  each(all(), [&](CoreCode& code) {
    const std::uint8_t expected = code.take();
    code.li(expected, interrupts[code.core()]);
    const std::uint32_t again = code.label("settle interrupts");
    code.to(again, "blt", {.rs1 = kInterrupts, .rs2 = expected});
    code.release({expected});
  });
}

void Weave::store_owned(CoreCode& code, std::uint32_t address, unsigned bytes) {
  const std::uint32_t value = code.rng().bits();
  code.store(address, bytes, value);
  for (unsigned i = 0; i < bytes; ++i) {
    memories.expect(address + i, static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

}  // namespace freebits::random_cluster
