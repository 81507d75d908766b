// SPDX-License-Identifier: Apache-2.0
#include "tb/cluster/cluster_waiting.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <bit>
#include <vector>

#include "tb/cluster_numbers.hpp"

namespace freebits::tb {
namespace {

namespace n = cluster_numbers;

std::string event_name(unsigned event) {
  if (event < n::EventBarrier) return fmt::format("software {}", event - n::EventSoftware);
  if (event < n::EventDma) return fmt::format("barrier {}", event - n::EventBarrier);
  if (event == n::EventDma) return "DMA";
  if (event == n::EventTimer) return "timer";
  return event == n::EventOutside ? "L3 DMA" : fmt::format("outside {}", event - n::EventOutside);
}

std::string events(std::uint32_t mask) {
  std::vector<std::string> names;
  for (; mask != 0; mask &= mask - 1) {
    names.push_back(event_name(static_cast<unsigned>(std::countr_zero(mask))));
  }
  return names.empty() ? "no event (MASK is 0)" : fmt::format("{}", fmt::join(names, ", "));
}

std::string core_list(std::uint32_t mask) {
  std::vector<int> cores;
  for (; mask != 0; mask &= mask - 1) cores.push_back(std::countr_zero(mask));
  return fmt::format("core{} {}", cores.size() == 1 ? "" : "s", fmt::join(cores, ", "));
}

std::string event_unit(const CoreState& s) {
  const char* verb = s.asleep ? "sleeps" : "waits";
  switch (s.wait) {
    case CoreState::Wait::Event:
      return fmt::format("{} for an event: {}", verb, events(s.mask));
    case CoreState::Wait::Barrier:
      return fmt::format("{} at barrier {} (waits for {})", verb, s.index,
                         core_list(s.team & ~s.arrived));
    case CoreState::Wait::Mutex:
      return fmt::format("{} for mutex {} (held by {})", verb, s.index, core_list(s.owner));
    case CoreState::Wait::None:
      break;
  }
  return "";
}

}  // namespace

std::string describe_waiting(const CoreState& s, std::optional<std::uint32_t> outside) {
  // The access that waits has left EX: the instruction there is mostly the one after it.
  const std::string at = fmt::format(", near pc {:#010x}", s.pc);
  if (s.wait != CoreState::Wait::None) return event_unit(s) + at;
  if (s.asleep) {
    return s.irq_mask == 0
               ? "sleeps in wfi, and no event raises its interrupt" + at
               : fmt::format("sleeps in wfi for an interrupt: {}{}", events(s.irq_mask), at);
  }
  if (s.place == CoreState::Place::Outside && outside) {
    return fmt::format("waits for data at {:#010x}{}", *outside, at);
  }
  if (s.activity == Activity::BankConflict || s.activity == Activity::MemoryWait) {
    if (s.data_requested) {
      return fmt::format("waits for its access to {:#010x} to be granted{}", s.data_address, at);
    }
  }
  if (s.activity == Activity::IcacheMiss) {
    return fmt::format("waits for instructions at {:#010x}{}", s.fetch_address, at);
  }
  return fmt::format("runs at pc {:#010x}", s.pc);
}

}  // namespace freebits::tb
