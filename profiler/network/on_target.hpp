// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <string>

#include "base/error.hpp"
#include "tb/targets/target.hpp"

namespace freebits::profiler {

/// The result of `work`, which prepares a network for a target. What it says of the network is
/// said with both names: "NETWORK on target TARGET: layer … needs …".
template <class Work>
auto on_target(const std::string& network, const tb::Target& target, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    throw Error(fmt::format("{} on target {}: {}", network, target.name, error.what()));
  }
}

}  // namespace freebits::profiler
