// SPDX-License-Identifier: Apache-2.0
#include "cli/common/latency_options.hpp"

#include <map>

#include "profiler/store/latency_store.hpp"

namespace freebits::cli {

std::filesystem::path LatencyOptions::store_file() const {
  return store.empty() ? profiler::default_latency_store() : std::filesystem::path(store);
}

void add_latency_options(CLI::App& command, LatencyOptions& options) {
  const std::map<std::string, profiler::Fidelity> fidelities = {
      {"full", profiler::Fidelity::Full}, {"sampled", profiler::Fidelity::Sampled}};
  command
      .add_option("--fidelity", options.fidelity,
                  "full: every tile is simulated; sampled: a few of each kind")
      ->transform(CLI::CheckedTransformer(fidelities).description("full or sampled"))
      ->default_str(std::string(profiler::name(options.fidelity)));
  command.add_option("--jobs", options.jobs, "clusters simulated at a time (default: processors)")
      ->check(CLI::Range(1, 256));
  command.add_option("--store", options.store,
                     "the latency store's file (default: latency.db in $XDG_CACHE_HOME/freebits or "
                     "~/.cache/freebits)");
}

}  // namespace freebits::cli
