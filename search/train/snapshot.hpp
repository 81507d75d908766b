// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "search/autograd/parameter.hpp"

namespace freebits::search {

/// Values of all parameters at some time, or their running average: one buffer a parameter, in
/// their order. Empty until the first take(). The parameters given must be the same every time.
class Snapshot {
 public:
  [[nodiscard]] bool empty() const { return values_.empty(); }
  void take(const Parameters& parameters);
  void restore(Parameters& parameters) const;
  /// Exchanges values: twice is nothing.
  void exchange(Parameters& parameters);
  /// keep · average + (1 - keep) · value.
  void average(const Parameters& parameters, float keep);

  /// For files.
  [[nodiscard]] const std::vector<Buffer>& values() const { return values_; }
  [[nodiscard]] std::vector<Buffer>& values() { return values_; }

 private:
  std::vector<Buffer> values_;
};

}  // namespace freebits::search
