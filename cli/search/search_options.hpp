// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/common/latency_options.hpp"
#include "search/pipeline/settings.hpp"

namespace freebits::cli {

/// The command line of `freebits search`.
struct SearchArguments {
  std::string network, dataset = "synthetic", out, json, form = "independent";
  LatencyOptions latency;
  std::vector<std::string> targets, methods;
  std::string checkpoint;
  std::optional<unsigned> pad_to, resolution, threads;
  std::optional<std::string> on_corrupt;
  double max_drop = 0.5;  ///< points
  bool no_augment = false, dry_run = false;
  /// With the defaults of the library for what was not given.
  search::SearchSettings settings;
  /// An option that only some methods look at.
  struct MethodOption {
    const CLI::Option* option;
    bool (*acts)(const search::MethodFacts&);
  };
  std::vector<MethodOption> method_options;
};

void add_options(CLI::App& command, SearchArguments& arguments);

/// All of it. Throws Error, naming the option, for a value that is not one.
[[nodiscard]] search::SearchSettings search_settings(const SearchArguments& arguments);

}  // namespace freebits::cli
