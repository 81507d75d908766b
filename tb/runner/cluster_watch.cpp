// SPDX-License-Identifier: Apache-2.0
#include "tb/runner/cluster_watch.hpp"

#include <fmt/format.h>

#include "tb/isa/decode.hpp"
#include "tb/runner/instruction_watch.hpp"

namespace freebits::tb {
namespace {

constexpr std::uint32_t kEbreak = 0x00100073;
constexpr std::uint32_t kEcall = 0x00000073;

enum Cause : std::uint32_t {
  kFetchFault = 1,
  kIllegal = 2,
  kBreakpoint = 3,
  kLoadFault = 5,
  kStoreFault = 7,
  kEnvironmentCall = 11
};

/// Where a load or store goes: the formats with an immediate, those with an index register, and the
/// post-increment ones, which use the base alone.
std::uint32_t effective_address(const isa::InsnSpec& spec, std::uint32_t insn,
                                const std::array<std::uint32_t, 32>& x) {
  const isa::Operands o = isa::extract_operands(spec, insn);
  switch (spec.format) {
    case isa::Format::Load:
    case isa::Format::Store:
      return x[o.rs1] + static_cast<std::uint32_t>(o.imm);
    case isa::Format::LoadReg:
      return x[o.rs1] + x[o.rs2];
    case isa::Format::StoreReg:
      return x[o.rs1] + x[o.rd];
    default:
      return x[o.rs1];
  }
}

bool sleeps(Activity activity) {
  return activity == Activity::Barrier || activity == Activity::Idle;
}

}  // namespace

ClusterWatch::ClusterWatch(const Cluster& cluster)
    : cluster_(cluster), semihosting_(cluster), cores_(cluster.cores()) {}

/// A cluster shows that an instruction trapped, not why; but the instruction says it.
CoreSim::Trap ClusterWatch::trap_of(const Core& core, const isa::Retired& r) const {
  std::array<std::uint8_t, 2> bytes{};
  if (r.insn == 0 && !cluster_.read(r.pc, bytes)) return {kFetchFault, r.pc};
  std::uint32_t insn = r.insn;
  if (isa::insn_length(insn) == 2) {
    insn = isa::expand_compressed(static_cast<std::uint16_t>(insn)).value_or(0);
  }
  if (insn == kEcall) return {kEnvironmentCall, 0};
  if (insn == kEbreak) return {kBreakpoint, r.pc};
  const isa::InsnSpec* spec = isa::decode(insn, cluster_.target().level);
  if (spec != nullptr && (spec->has(isa::kLoad) || spec->has(isa::kStore))) {
    return {spec->has(isa::kLoad) ? kLoadFault : kStoreFault,
            effective_address(*spec, insn, core.x)};
  }
  return {kIllegal, r.insn};
}

void ClusterWatch::retired(Core& core, const isa::Retired& r) {
  if (r.trap && !exit_code_) exit_code_ = semihosting_.trapped(r, core.x);
  if (core.traps.retired(r, r.trap ? trap_of(core, r) : CoreSim::Trap{})) {
    if (!core.trap) core.trap = core.traps.message();
  }
  core.x[r.rd] = r.rd_value;
  core.x[r.rd2] = r.rd2_value;
  core.x[0] = 0;
  if (loops_for_ever(r)) {
    core.loop = r;
  } else {
    core.loop.reset();
  }
}

bool ClusterWatch::cycle(const CycleView& view) {
  bool any_lost = false;
  bool any_alive = false;
  for (std::size_t i = 0; i < cores_.size(); ++i) {
    if (view.retired[i] != nullptr) retired(cores_[i], *view.retired[i]);
    any_lost |= cores_[i].lost();
    any_alive |= !cores_[i].lost() && !sleeps(view.activity[i]);
  }
  if (any_alive || !any_lost || view.dma_busy) last_change_ = view.cycle;
  all_lost_ = view.cycle - last_change_ >= kPatience;
  return !all_lost_ && !exit_code_;
}

bool ClusterWatch::trapped() const {
  for (const Core& core : cores_) {
    if (core.trap) return true;
  }
  return false;
}

std::optional<std::string> ClusterWatch::message() const {
  std::vector<std::string> lost;
  std::vector<std::string> others;
  for (unsigned i = 0; i < cores_.size(); ++i) {
    const Core& core = cores_[i];
    lost.push_back(core.trap ? *core.trap : core.loop ? endless_loop_message(*core.loop) : "");
    others.push_back(core.lost() ? "" : cluster_.waiting(i));
  }
  const std::string text = describe_cores(lost);
  if (text.empty()) return std::nullopt;
  const std::string rest = describe_cores(others);
  return rest.empty() ? text : text + "; " + rest;
}

std::string describe_cores(const std::vector<std::string>& texts) {
  std::string all;
  std::vector<bool> named(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (named[i] || texts[i].empty()) continue;
    std::string cores;
    unsigned count = 0;
    for (std::size_t j = i; j < texts.size(); ++j) {
      if (texts[j] != texts[i]) continue;
      named[j] = true;
      ++count;
      std::size_t last = j;  // of a run of neighbours
      while (last + 1 < texts.size() && texts[last + 1] == texts[i]) named[++last] = true;
      count += static_cast<unsigned>(last - j);
      cores += fmt::format("{}{}", cores.empty() ? "" : ", ", j);
      if (last != j) cores += fmt::format("-{}", last);
      j = last;
    }
    all += fmt::format("{}{} {}: {}", all.empty() ? "" : "; ", count == 1 ? "core" : "cores", cores,
                       texts[i]);
  }
  return all;
}

}  // namespace freebits::tb
