// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

namespace freebits::search {

/// A product of two large square matrices by Eigen: what the machine can do.
class Product {
 public:
  static constexpr double kOperations = 2.0 * 1024 * 1024 * 1024;
  Product();
  ~Product();
  void compute();

 private:
  struct Matrices;
  std::unique_ptr<Matrices> matrices_;
};

}  // namespace freebits::search
