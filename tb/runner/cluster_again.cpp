// SPDX-License-Identifier: Apache-2.0
// A run is deterministic, so what could not be seen the first time can be looked for in a second.
#include "tb/runner/cluster_again.hpp"

namespace freebits::tb {
namespace {

/// Sees nothing: run_cluster() looks for lost cores beside any observer.
class Nothing final : public ClusterObserver {
 public:
  bool cycle(const CycleView&) override { return true; }
};

class FirstRetirement final : public ClusterObserver {
 public:
  FirstRetirement(std::uint32_t address, std::uint64_t from) : address_(address), from_(from) {}
  bool cycle(const CycleView& view) override {
    if (view.cycle < from_) return true;
    for (const isa::Retired* r : view.retired) {
      if (r != nullptr && r->pc == address_) found_ = view.cycle;
    }
    return !found_;
  }
  [[nodiscard]] std::optional<std::uint64_t> found() const { return found_; }

 private:
  std::uint32_t address_;
  std::uint64_t from_;
  std::optional<std::uint64_t> found_;
};

ClusterRunResult observe(const Elf& elf, const Target& target, ClusterObserver& observer,
                         ClusterRunOptions options) {
  ClusterOptions how;
  how.visibility = Visibility::Observed;
  Cluster cluster(target, how);
  cluster.load(elf);
  ClusterObserver* const observers[] = {&observer};
  options.observers = observers;
  options.console = {};
  return run_cluster(elf, cluster, options);
}

}  // namespace

ClusterRunResult run_again(const Elf& elf, const Target& target, std::uint64_t until,
                           const ClusterRunOptions& options) {
  ClusterRunOptions again = options;
  again.max_cycles = until;
  Nothing nothing;
  return observe(elf, target, nothing, again);
}

std::optional<std::uint64_t> first_cycle_at(const Elf& elf, const Target& target,
                                            std::uint32_t address, std::uint64_t from,
                                            const ClusterRunOptions& options) {
  FirstRetirement first(address, from);
  (void)observe(elf, target, first, options);
  return first.found();
}

}  // namespace freebits::tb
