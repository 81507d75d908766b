// SPDX-License-Identifier: Apache-2.0
#include "tb/core/lockstep.hpp"

#include <fmt/format.h>

#include <cstring>
#include <deque>

#include "tb/core/retire_comparison.hpp"
#include "tb/host/htif.hpp"

namespace freebits::tb {
namespace {

constexpr std::uint32_t kMstatus = 0x300;
constexpr std::uint32_t kMie = 0x304;

/// The model's own copy of the memory. Counts the accesses, so that host writes take effect between
/// the same two as in the core: no windows, everything passes here.
class CountingMemory final : public isa::Memory {
 public:
  explicit CountingMemory(const SystemMemory& initial) : ram_(initial) {}

  void write_after(std::uint64_t accesses, const Htif::Write& write) {
    pending_.push_back({accesses, write});
  }
  void apply_all() { apply(~std::uint64_t{0}); }
  [[nodiscard]] std::uint64_t accesses() const { return accesses_; }
  [[nodiscard]] const SystemMemory& ram() const { return ram_; }

 protected:
  bool device_load(std::uint32_t address, unsigned bytes, std::uint32_t& value) override {
    if (!pending_.empty()) apply(accesses_);
    const SystemMemory::Region* r = find_region(address, bytes);
    if (r == nullptr) return false;
    ++accesses_;
    value = 0;
    std::memcpy(&value, r->bytes.data() + (address - r->base), bytes);
    return true;
  }
  bool device_store(std::uint32_t address, unsigned bytes, std::uint32_t value) override {
    if (!pending_.empty()) apply(accesses_);
    SystemMemory::Region* r = find_region(address, bytes);
    if (r == nullptr || !r->writable) return false;
    ++accesses_;
    std::memcpy(r->bytes.data() + (address - r->base), &value, bytes);
    return true;
  }
  bool device_fetch(std::uint32_t address, std::uint16_t& half) override {
    const SystemMemory::Region* r = ram_.find(address, 2);
    if (r == nullptr) return false;
    std::memcpy(&half, r->bytes.data() + (address - r->base), 2);
    return true;
  }

 private:
  struct Pending {
    std::uint64_t accesses;
    Htif::Write write;
  };

  SystemMemory::Region* find_region(std::uint32_t address, unsigned bytes) {
    if (last_ == nullptr || !last_->contains(address, bytes)) last_ = ram_.find(address, bytes);
    return last_;
  }
  void apply(std::uint64_t accesses) {
    while (!pending_.empty() && pending_.front().accesses <= accesses) {
      const Htif::Write& write = pending_.front().write;
      ram_.write_word(write.address, write.value);
      pending_.pop_front();
    }
  }

  SystemMemory ram_;
  SystemMemory::Region* last_ = nullptr;
  std::deque<Pending> pending_;
  std::uint64_t accesses_ = 0;
};

}  // namespace

struct Lockstep::State {
  State(const SystemMemory& initial, const CoreOptions& options)
      : memory(initial), hart(memory, options.level, options.hart_id, options.boot_address) {}

  CountingMemory memory;
  isa::Hart hart;
  RetireComparison comparison;
  /// Lines that were high at any time since the last retirement, and between that and the one
  /// before: an instruction that waits for its response retires after the core has decided to take
  /// an interrupt.
  std::uint32_t mip_seen = 0;
  std::uint32_t mip_seen_before = 0;
  std::uint32_t mip_now = 0;
};

Lockstep::Lockstep(const SystemMemory& initial, const CoreOptions& options)
    : state_(std::make_unique<State>(initial, options)) {}
Lockstep::~Lockstep() = default;

isa::Hart& Lockstep::hart() { return state_->hart; }

void Lockstep::set_interrupts(std::uint32_t mip) {
  state_->mip_now = mip;
  state_->mip_seen |= mip;
  state_->hart.set_interrupts(mip);
}

std::optional<std::string> Lockstep::retire(const isa::Retired& rtl,
                                            std::optional<std::uint32_t> interrupt,
                                            std::uint64_t cycle) {
  State& s = *state_;
  std::string complaint;
  if (interrupt) {
    const bool enabled = (s.hart.read_csr(kMstatus).value_or(0) >> 3 & 1) != 0;
    const bool pending =
        ((s.hart.read_csr(kMie).value_or(0) & (s.mip_seen | s.mip_seen_before)) >> *interrupt &
         1) != 0;
    if (!enabled || !pending) {
      complaint = fmt::format("  interrupt {} taken, but it was not {} in the model\n", *interrupt,
                              enabled ? "pending and enabled in mie" : "enabled in mstatus");
    }
    s.hart.take_interrupt(*interrupt);
  }
  s.mip_seen_before = s.mip_seen;
  s.mip_seen = s.mip_now;
  return s.comparison.step(s.hart, rtl, cycle, complaint);
}

std::optional<std::string> Lockstep::finish(const SystemMemory& memory) {
  state_->memory.apply_all();
  std::string report;
  unsigned shown = 0;
  const auto model = state_->memory.ram().regions();
  const auto core = memory.regions();
  for (std::size_t i = 0; i < model.size() && i < core.size(); ++i) {
    const auto& expected = model[i].bytes;
    const auto& got = core[i].bytes;
    if (expected == got) continue;
    for (std::size_t at = 0; at + 4 <= got.size() && shown < 8; at += 4) {
      std::uint32_t g = 0;
      std::uint32_t e = 0;
      std::memcpy(&g, got.data() + at, 4);
      std::memcpy(&e, expected.data() + at, 4);
      if (g == e) continue;
      report += fmt::format("  memory [{:08x}]  core {:08x}   model {:08x}\n",
                            model[i].base + static_cast<std::uint32_t>(at), g, e);
      ++shown;
    }
  }
  if (report.empty()) return std::nullopt;
  return "memory differs at the end of the run:\n" + report;
}

void Lockstep::host_write(std::uint32_t address, std::uint32_t value, std::uint64_t accesses) {
  state_->memory.write_after(accesses, {address, value});
}

std::uint64_t Lockstep::data_accesses() const { return state_->memory.accesses(); }

}  // namespace freebits::tb
