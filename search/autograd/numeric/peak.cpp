// SPDX-License-Identifier: Apache-2.0
#include "search/autograd/numeric/peak.hpp"

#include <Eigen/Core>

namespace freebits::search {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
struct Product::Matrices {
  Matrix a, b, c;
};

Product::Product() {
  constexpr Eigen::Index kSize = 1024;
  matrices_ = std::make_unique<Matrices>(Matrices{
      Matrix::Random(kSize, kSize), Matrix::Random(kSize, kSize), Matrix::Zero(kSize, kSize)});
}
Product::~Product() = default;

void Product::compute() { matrices_->c.noalias() = matrices_->a * matrices_->b; }

}  // namespace freebits::search
