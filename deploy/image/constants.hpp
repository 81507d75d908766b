// SPDX-License-Identifier: Apache-2.0
// A plan's constants as bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "deploy/plan/plan.hpp"
#include "models/graph/integer_network.hpp"
#include "tb/isa/level.hpp"

namespace freebits::profiler {

/// Requantization and weights as the kernels of a level read them. Packs whole layers and keeps the
/// last one: ask layer by layer.
class ConstantsPacker {
 public:
  /// Keeps references to the network and its plan.
  ConstantsPacker(const models::IntegerNetwork& network, const models::Plan& plan, isa::Level level)
      : network_(network), plan_(plan), level_(level) {}

  [[nodiscard]] std::vector<std::uint8_t> bytes(const models::Constants& c);

 private:
  void pack(std::size_t layer);

  const models::IntegerNetwork& network_;
  const models::Plan& plan_;
  isa::Level level_;
  std::size_t layer_ = ~std::size_t{0};  ///< that is packed
  std::vector<std::uint8_t> weights_, requantization_;
};

}  // namespace freebits::profiler
