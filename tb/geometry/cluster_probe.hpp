// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "verilated.h"
#include "verilated_sym_props.h"
#include "verilated_syms.h"

namespace freebits::tb {

/// A variable of the model, found by scope and name (made public in tb/geometry/cluster.vlt). Costs
/// the model nothing.
class Probe {
 public:
  Probe() = default;
  Probe(const VerilatedContext& context, const std::string& scope, const char* name) {
    const VerilatedScope* found = context.scopeFind(("TOP.fb_cluster_harness." + scope).c_str());
    const VerilatedVar* variable = found == nullptr ? nullptr : found->varFind(name);
    if (variable == nullptr) {
      throw std::runtime_error(scope + "." + name + " is not in the Verilated cluster");
    }
    data_ = variable->datap();
  }

  /// Bits of a packed variable, little-endian in the host's memory whatever its width; at most 32.
  [[nodiscard]] std::uint32_t bits(unsigned lowest, unsigned width) const {
    const auto* bytes = static_cast<const std::uint8_t*>(data_);
    std::uint64_t value = 0;
    for (unsigned at = lowest / 8; at <= (lowest + width - 1) / 8; ++at) {
      value |= std::uint64_t{bytes[at]} << (8 * (at - lowest / 8));
    }
    return static_cast<std::uint32_t>(value >> lowest % 8 & ((std::uint64_t{1} << width) - 1));
  }
  [[nodiscard]] std::uint8_t* data() const { return static_cast<std::uint8_t*>(data_); }
  /// Elements of an array of 32-bit words.
  [[nodiscard]] std::uint32_t* words() const { return static_cast<std::uint32_t*>(data_); }

 private:
  void* data_ = nullptr;
};

}  // namespace freebits::tb
