// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "cli/common/exec_options.hpp"
#include "tb/runner/cluster_runner.hpp"

namespace freebits::cli {

/// Something that looks on while a program runs on the cluster, and has its say afterwards.
class ExecObserver {
 public:
  virtual ~ExecObserver() = default;
  [[nodiscard]] virtual tb::ClusterObserver& observer() = 0;
  /// After the run; may turn the result into a failure.
  virtual void finish(tb::ClusterRunResult& result) = 0;
};

/// Those the options ask for.
class ExecObservers {
 public:
  [[nodiscard]] static bool needed(const ExecOptions& options);

  /// `cluster` holds the program and has not run yet.
  ExecObservers(const ExecOptions& options, const tb::Elf& elf, tb::Cluster& cluster);

  [[nodiscard]] std::span<tb::ClusterObserver* const> all() const { return pointers_; }
  void finish(tb::ClusterRunResult& result);

 private:
  void add(std::unique_ptr<ExecObserver> one);

  std::vector<std::unique_ptr<ExecObserver>> observers_;
  std::vector<tb::ClusterObserver*> pointers_;
};

}  // namespace freebits::cli
