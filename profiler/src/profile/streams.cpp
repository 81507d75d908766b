// SPDX-License-Identifier: Apache-2.0
#include "profile/streams.hpp"

#include <algorithm>

namespace freebits::profiler {

StreamTimeline::StreamTimeline(const models::Plan& plan, const models::Machine& machine)
    : plan_(plan), machine_(machine), waited_(plan.layers.size(), 0.0) {}

double StreamTimeline::step(double cycles) {
  const models::Step& step = plan_.steps[next_++];
  if (step.l3_wait != 0) {
    const std::size_t last = step.l3_wait - 1;
    if (arrival_[last] > now_) {
      waited_[plan_.constants[plan_.streams[last].first].layer] += arrival_[last] - now_;
      now_ = arrival_[last];
    }
  }
  for (std::uint32_t i = 0; i < step.streams; ++i) {
    const double begin = arrival_.empty() ? now_ : std::max(now_, arrival_.back());
    arrival_.push_back(begin + stream_cycles(machine_, plan_.streams[arrival_.size()].bytes));
  }
  const double busy_until = arrival_.empty() ? 0 : arrival_.back();
  const double busy = std::clamp(busy_until - now_, 0.0, cycles);
  now_ += cycles;
  return busy;
}

double stream_cycles(const models::Machine& machine, std::uint32_t bytes) {
  const double bursts = (bytes + machine.l3_burst_bytes - 1) / machine.l3_burst_bytes;
  return machine.l3_latency + bytes / machine.l3_bytes_per_cycle +
         (bursts - 1) * machine.l3_burst_setup;
}

std::vector<std::uint32_t> streamed_bytes(const models::Plan& plan,
                                          const models::Machine& machine) {
  std::vector<std::uint32_t> bytes;
  const double rate =
      machine.l3_burst_bytes /
      (machine.l3_burst_bytes / machine.l3_bytes_per_cycle + machine.l3_burst_setup);
  StreamTimeline timeline(plan, machine);
  for (const models::Step& step : plan.steps) {
    const double busy = timeline.step(static_cast<double>(step.cycles));
    bytes.push_back(static_cast<std::uint32_t>(busy * rate) / 8 * 8);
  }
  return bytes;
}

}  // namespace freebits::profiler
