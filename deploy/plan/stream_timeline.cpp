// SPDX-License-Identifier: Apache-2.0
#include "deploy/plan/stream_timeline.hpp"

#include <algorithm>
#include <numeric>

namespace freebits::models {

StreamTimeline::StreamTimeline(const Plan& plan, const Machine& machine, double slowness)
    : plan_(plan), machine_(machine), slowness_(slowness), waits_(plan.streams.size(), 0.0) {}

void StreamTimeline::step(double cycles) {
  const Step& step = plan_.steps[next_++];
  if (step.l3_wait != 0) {
    const std::size_t last = step.l3_wait - 1;
    if (arrival_[last] > now_) {
      waits_[last] += arrival_[last] - now_;
      now_ = arrival_[last];
    }
  }
  for (std::uint32_t i = 0; i < step.streams; ++i) {
    const double begin = arrival_.empty() ? now_ : std::max(now_, arrival_.back());
    const std::uint32_t bytes = plan_.streams[arrival_.size()].bytes;
    arrival_.push_back(begin + slowness_ * stream_cycles(machine_, bytes));
  }
  now_ += cycles;
}

double StreamTimeline::waited(std::size_t layer) const {
  double sum = 0;
  for (std::size_t i = 0; i < waits_.size(); ++i) {
    if (plan_.constants[plan_.streams[i].first].layer == layer) sum += waits_[i];
  }
  return sum;
}

double StreamTimeline::waited() const { return std::reduce(waits_.begin(), waits_.end()); }

double stream_cycles(const Machine& machine, std::uint32_t bytes) {
  const double bursts = (bytes + machine.l3_burst_bytes - 1) / machine.l3_burst_bytes;
  return machine.l3_latency + bytes / machine.l3_bytes_per_cycle +
         (bursts - 1) * machine.l3_burst_setup;
}

}  // namespace freebits::models
