// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "profiler/profile/profile.hpp"
#include "profiler/store/latency_store.hpp"
#include "search/pipeline/search.hpp"
#include "tb/targets/target.hpp"

namespace freebits::cli {

struct ChipOptions {
  profiler::Fidelity fidelity = profiler::Fidelity::Sampled;
  unsigned jobs = 0;
  std::function<void(std::string_view)> say, status;
};

/// Targets as a search wants them: Verilated. Keeps a reference to the store.
[[nodiscard]] std::vector<search::Chip> search_chips(const std::vector<tb::Target>& targets,
                                                     profiler::LatencyStore& store,
                                                     const ChipOptions& options);

}  // namespace freebits::cli
