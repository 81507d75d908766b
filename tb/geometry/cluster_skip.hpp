// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include "Vcluster.h"
#include "Vcluster__Syms.h"
#include "Vcluster___024root.h"
#include "tb/geometry/cluster_probe.hpp"

namespace freebits::tb {

/// Skips cycles in which nothing happens: while every core sleeps and the outside is silent, a
/// cycle that leaves the whole state of the model as it was, but for counters that count it, will
/// be followed by others just like it. All of the state is compared, so this is exact: a program
/// takes the same cycles and reads the same counters, only sooner.
class ClusterSkip {
 public:
  explicit ClusterSkip(Vcluster& model)
      : state_(reinterpret_cast<const std::uint8_t*>(model.rootp->vlSymsp)) {}

  /// A variable of 32 or 64 bits that goes on counting.
  void add_counter(const Probe& counter, unsigned bits) {
    counters_.push_back({counter.data(), bits / 8, 0});
  }
  /// Reports that a cycle begins, and whether it was just like the one before, after it.
  void begin() { before_.assign(state_, state_ + sizeof(Vcluster__Syms)); }
  bool repeats() {
    for (Counter& c : counters_) {
      std::uint8_t* old = before_.data() + (c.data - state_);
      c.step = value(c.data, c.bytes) - value(old, c.bytes);
      std::memcpy(old, c.data, c.bytes);
    }
    return std::memcmp(before_.data(), state_, before_.size()) == 0;
  }
  void skip(std::uint64_t cycles) {
    for (const Counter& c : counters_) {
      const std::uint64_t later = value(c.data, c.bytes) + c.step * cycles;
      std::memcpy(c.data, &later, c.bytes);
    }
  }

 private:
  struct Counter {
    std::uint8_t* data;
    std::size_t bytes;
    std::uint64_t step;  ///< in the cycle looked at
  };
  static std::uint64_t value(const std::uint8_t* data, std::size_t bytes) {
    std::uint64_t value = 0;
    std::memcpy(&value, data, bytes);
    return value;
  }

  const std::uint8_t* state_;  ///< the model is one object: all modules with all their variables
  std::vector<std::uint8_t> before_;
  std::vector<Counter> counters_;
};

}  // namespace freebits::tb
