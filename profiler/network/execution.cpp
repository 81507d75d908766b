// SPDX-License-Identifier: Apache-2.0
#include "profiler/network/execution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/error.hpp"
#include "profiler/layer/stoppable_run.hpp"

namespace freebits::profiler {
namespace {

/// A step that takes longer than this, and so many times its estimate, is stuck.
constexpr std::uint64_t kPatience = 2'000'000, kTimesEstimate = 100;

std::uint64_t of(const tb::Accounting& accounting, tb::Activity activity) {
  return accounting[static_cast<std::size_t>(activity)];
}

}  // namespace

std::uint64_t all_asleep(const StepCounts& before, const StepCounts& now) {
  std::uint64_t least = now.cycles - before.cycles;
  for (std::size_t i = 0; i < now.asleep.size(); ++i)
    least = std::min(least, now.asleep[i] - before.asleep[i]);
  return least;
}

void Execution::load(const tb::Elf& program, std::span<const MemoryImage> images) {
  step_ = program.required_symbol("fb_network_step");
  tohost_ = program.required_symbol("tohost");
  watch(step_);
  watch(tohost_);
  cluster_.load(program);
  // What another program has left there; the start of this one clears it only after a while.
  constexpr std::array<std::uint8_t, 4> kZero{};
  for (const std::uint32_t address : {step_, tohost_}) write(address, kZero);
  for (const MemoryImage& image : images) write(image.address, image.bytes);
}

void Execution::write(std::uint32_t address, std::span<const std::uint8_t> bytes) {
  if (cluster_.write(address, bytes)) return;
  throw Error(
      fmt::format("{} bytes at {:#010x} lie outside the target's memories", bytes.size(), address));
}

void Execution::advance(std::size_t step, std::uint64_t estimate, const Where& where) {
  const std::uint64_t limit = cluster_.cycles() + kPatience + kTimesEstimate * estimate;
  while (word(step_) != step + 1) {
    if (run_until(cluster_, limit, stop_) != tb::Cluster::Stop::Stored) fail(step, where);
    (void)cluster_.take_stored();
    if (word(tohost_) != 0) fail(step, where);
  }
}

void Execution::finish(std::size_t steps, const Where& where) {
  while (word(tohost_) == 0) {
    if (run_until(cluster_, cluster_.cycles() + kPatience, stop_) != tb::Cluster::Stop::Stored)
      fail(steps, where);
    (void)cluster_.take_stored();
  }
  constexpr std::uint32_t kExitZero = 1;
  if (word(tohost_) == kExitZero) return;
  throw Error(fmt::format("the network's program ended with {:#x}, expected {:#x}", word(tohost_),
                          kExitZero));
}

StepCounts Execution::counts() const {
  StepCounts sum;
  sum.cycles = cluster_.cycles();
  for (unsigned i = 0; i < cluster_.cores(); ++i) {
    const tb::CoreStatistics core = cluster_.core(i);
    sum.instructions += core.instructions;
    for (std::size_t a = 0; a < sum.accounting.size(); ++a) sum.accounting[a] += core.accounting[a];
    sum.asleep.push_back(of(core.accounting, tb::Activity::Barrier) +
                         of(core.accounting, tb::Activity::MemoryWait) +
                         of(core.accounting, tb::Activity::Idle));
  }
  return sum;
}

void Execution::watch(std::uint32_t address) {
  if (watched_.insert(address).second) cluster_.watch(address);
}

std::uint32_t Execution::word(std::uint32_t address) const {
  std::array<std::uint8_t, 4> bytes{};
  (void)cluster_.read(address, bytes);
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data(), 4);
  return value;
}

/// What the program wants printed: it does so only when something is wrong.
std::string Execution::last_words() const {
  const std::uint32_t call = word(tohost_);
  if (call == 0 || call % 2 != 0) return "";
  constexpr std::uint32_t kText = 16, kLength = 24, kMost = 200;  // of the call: htif.c
  std::vector<std::uint8_t> text(std::min(word(call + kLength), kMost));
  if (!cluster_.read(word(call + kText), text)) return "";
  std::erase(text, '\n');
  return "the program says \"" + std::string(text.begin(), text.end()) + "\"; ";
}

void Execution::fail(std::size_t step, const Where& where) const {
  std::string text;
  for (unsigned i = 0; i < cluster_.cores(); ++i)
    text += fmt::format("{}core {} {}", i == 0 ? "" : "; ", i, cluster_.waiting(i));
  throw Error(fmt::format("the network has not gone on in cycle {}, step {}, layer {}: {}{}",
                          cluster_.cycles(), step, where(step == 0 ? 0 : step - 1), last_words(),
                          text));
}

}  // namespace freebits::profiler
