// SPDX-License-Identifier: Apache-2.0
#include "profile/streams.hpp"

#include <algorithm>

namespace freebits::profiler {

StreamTimeline::StreamTimeline(const models::Plan& plan, const models::Machine& machine)
    : plan_(plan), machine_(machine), waited_(plan.layers.size(), 0.0) {}

void StreamTimeline::step(double cycles) {
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
    arrival_.push_back(begin + transfer(plan_.streams[arrival_.size()].bytes));
  }
  now_ += cycles;
}

double StreamTimeline::transfer(std::uint32_t bytes) const {
  const double bursts = (bytes + machine_.l3_burst_bytes - 1) / machine_.l3_burst_bytes;
  return machine_.l3_latency + bytes / machine_.l3_bytes_per_cycle +
         (bursts - 1) * machine_.l3_burst_setup;
}

}  // namespace freebits::profiler
