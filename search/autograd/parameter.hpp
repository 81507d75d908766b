// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <string_view>

#include "search/autograd/buffer.hpp"

namespace freebits::search {

/// What an optimiser needs to know of a parameter.
enum class Role : std::uint8_t {
  Weight,     ///< of a layer: decays
  Affine,     ///< of batch norm, and biases: does not
  Threshold,  ///< of a quantizer: gradients are normalised (TQT)
  Gate,       ///< of a gated quantizer
  Statistic,  ///< running mean or variance: not trained, but part of a checkpoint
};

struct Parameter {
  std::string name;  ///< unique, such as "block3.depthwise.weight"
  Role role = Role::Weight;
  Buffer value;
  Buffer gradient;  ///< of the last backward pass; empty for Statistic
  bool frozen = false;
  float least = -std::numeric_limits<float>::infinity();  ///< values below are raised to it
};

/// Parameters in order of creation, at addresses that stay.
class Parameters {
 public:
  /// Zeros. Throws Error when the name is taken or the size 0.
  Parameter& add(std::string name, Role role, std::size_t size);
  /// Null when there is none.
  [[nodiscard]] Parameter* find(std::string_view name);
  [[nodiscard]] const Parameter* find(std::string_view name) const;
  /// Throws Error when there is none.
  [[nodiscard]] Parameter& at(std::string_view name);
  [[nodiscard]] const Parameter& at(std::string_view name) const;

  [[nodiscard]] auto begin() { return all_.begin(); }
  [[nodiscard]] auto end() { return all_.end(); }
  [[nodiscard]] auto begin() const { return all_.begin(); }
  [[nodiscard]] auto end() const { return all_.end(); }
  [[nodiscard]] std::size_t size() const { return all_.size(); }

 private:
  std::deque<Parameter> all_;
};

}  // namespace freebits::search
