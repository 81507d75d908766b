// SPDX-License-Identifier: Apache-2.0
// What measuring leaves behind: checkpoints of runs, the latency store.
#include "base/error.hpp"
#include "kind.hpp"
#include "mutate.hpp"
#include "profiler/network/checkpoint.hpp"
#include "profiler/store/latency_store.hpp"

namespace freebits::fuzz {

Kind run_checkpoint(const fs::path& folder) {
  profiler::RunCheckpoint run;
  run.identity = "small 0123456789abcdef";
  run.step = 3;
  run.run.layers.resize(4);
  run.run.step_cycles = {100, 200, 300};
  run.cluster.assign(5000, 7);
  Kind kind;
  kind.file = "run.ckpt";
  kind.seeds = {
      written(folder, [&](const fs::path& file) { profiler::write_checkpoint(file, run); })};
  kind.mutate = mutated_sealed;
  kind.read = [identity = run.identity](const fs::path& file) {
    (void)profiler::read_checkpoint(file, identity);
  };
  kind.shallow = "checksum";
  return kind;
}

/// Not refused but set aside: that it is, is said.
Kind latency_store(const fs::path& folder) {
  constexpr unsigned kRows = 40;
  const auto key = [](unsigned i) { return "layer " + std::to_string(i); };
  Kind kind;
  kind.file = "store/latency.db";
  kind.seeds = {written(folder, [&](const fs::path& file) {
    profiler::LatencyStore store(file);
    for (unsigned i = 0; i < kRows; ++i) store.insert(key(i), {.cycles = 1000 + i});
  })};
  kind.mutate = [](const std::string& seed, Random& random) { return mutated_bytes(seed, random); };
  kind.read = [key](const fs::path& file) {
    std::string said;
    {
      profiler::LatencyStore store(file, [&](std::string_view line) { said += line; });
      for (unsigned i = 0; i < kRows; ++i) (void)store.find(key(i));
      store.insert(key(kRows), {.cycles = 1});
    }
    if (!said.empty()) throw Error(said);
  };
  kind.restore = [](const fs::path& here) {
    fs::remove_all(here / "store");
    fs::create_directories(here / "store");
  };
  kind.mutants = 300;
  return kind;
}

}  // namespace freebits::fuzz
