// SPDX-License-Identifier: Apache-2.0
// The products under the layers, against Eigen.
#include "search/autograd/numeric/matrix.hpp"

#include <Eigen/Core>

#include "check.hpp"

namespace freebits::search::test {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Strided = Eigen::Map<Matrix, 0, Eigen::OuterStride<>>;

Strided view(Values& memory, std::size_t rows, std::size_t columns, std::size_t stride) {
  return {memory.data(), static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns),
          Eigen::OuterStride<>(static_cast<Eigen::Index>(stride))};
}

Exact exact_product(const Matrix& a, const Matrix& b) {
  const Eigen::MatrixXd product = a.cast<double>() * b.cast<double>();
  const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows = product;
  return {rows.data(), rows.data() + rows.size()};
}

struct Sizes {
  std::size_t rows, depth, columns;
};

template <class Each>
void for_sizes(const Each& each) {
  Random random{1};
  const auto some = [&] { return std::size_t{1 + random.below(100)}; };
  for (unsigned i = 0; i < 150; ++i) {
    const Sizes s{some(), some(), some()};
    SCOPED_TRACE("draw " + std::to_string(i) + ": " + std::to_string(s.rows) + " x " +
                 std::to_string(s.depth) + " x " + std::to_string(s.columns));
    each(s, random);
  }
}

constexpr float kUntouched = 77;

/// The values of a view, and that what lies between its rows has been left alone.
Values values_of(const Values& memory, std::size_t rows, std::size_t columns, std::size_t stride) {
  Values values;
  for (std::size_t i = 0; i < memory.size(); ++i) {
    if (i % stride < columns && i / stride < rows) {
      values.push_back(memory[i]);
    } else {
      EXPECT_EQ(memory[i], kUntouched) << i;
    }
  }
  return values;
}

TEST(Matrix, MultipliesAsEigenDoes) {
  for_sizes([](const Sizes& s, Random& random) {
    // Rows of a lie apart or overlap, as the windows of a convolution do.
    const std::size_t a_stride = 1 + random.below(s.depth + 5),
                      c_stride = s.columns + random.below(9);
    Values a = random_values(random, s.rows * a_stride + s.depth, -1, 1);
    Values b = random_values(random, s.depth * s.columns, -1, 1);
    const Matrix left = view(a, s.rows, s.depth, a_stride);
    const Matrix right = view(b, s.depth, s.columns, s.columns);
    PackedMatrix packed(s.depth, s.columns);
    if (random.below(2) == 0) {
      packed.pack(b.data(), 0, packed.panels());
    } else {  // in parts, from the transposed matrix inside a wider one
      const std::size_t stride = s.depth + random.below(4);
      Values wide(s.columns * stride);
      view(wide, s.columns, s.depth, stride) = right.transpose();
      const std::size_t half = packed.panels() / 2;
      packed.pack_transposed(wide.data(), stride, half, packed.panels());
      packed.pack_transposed(wide.data(), stride, 0, half);
    }
    Values c(s.rows * c_stride + 16, kUntouched);
    multiply({.data = a.data(), .count = s.rows, .stride = a_stride}, packed, c.data(), c_stride);
    const Exact expected = exact_product(left, right);
    expect_near(values_of(c, s.rows, s.columns, c_stride), expected, 1e-5, "product");
  });
}

TEST(Matrix, MultipliesRowsInPieces) {
  for_sizes([](const Sizes& s, Random& random) {
    const std::size_t pieces = 1 + random.below(4), depth = pieces * s.depth;
    const std::size_t stride = 1 + random.below(s.depth + 5);
    const std::size_t piece_stride = s.rows * stride + s.depth + random.below(5);
    Values a = random_values(random, pieces * piece_stride, -1, 1);
    Values b = random_values(random, depth * s.columns, -1, 1);
    Exact expected(s.rows * s.columns);
    for (std::size_t piece = 0; piece < pieces; ++piece) {
      Values left(a.begin() + static_cast<std::ptrdiff_t>(piece * piece_stride), a.end());
      Values right(b.begin() + static_cast<std::ptrdiff_t>(piece * s.depth * s.columns), b.end());
      const Exact product = exact_product(view(left, s.rows, s.depth, stride),
                                          view(right, s.depth, s.columns, s.columns));
      for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += product[i];
    }
    PackedMatrix packed(depth, s.columns);
    packed.pack(b.data(), 0, packed.panels());
    Values c(s.rows * s.columns + 16, kUntouched);
    multiply({.data = a.data(),
              .count = s.rows,
              .stride = stride,
              .pieces = pieces,
              .piece_stride = piece_stride},
             packed, c.data(), s.columns);
    expect_near(values_of(c, s.rows, s.columns, s.columns), expected, 1e-5, "product");
  });
}

TEST(Matrix, AccumulatesOuterProductsAsEigenDoes) {
  for_sizes([](const Sizes& s, Random& random) {
    const std::size_t a_stride = 1 + random.below(s.depth + 5);
    Values a = random_values(random, s.rows * a_stride + s.depth, -1, 1);
    Values d = random_values(random, s.rows * s.columns, -1, 1);
    Values c = random_values(random, s.depth * s.columns, -1, 1);
    const Matrix left = view(a, s.rows, s.depth, a_stride);
    Exact expected = exact_product(left.transpose(), view(d, s.rows, s.columns, s.columns));
    for (std::size_t i = 0; i < c.size(); ++i) expected[i] += static_cast<double>(c[i]);
    c.resize(c.size() + 16, kUntouched);
    accumulate_outer(s.rows, a.data(), a_stride, s.depth, d.data(), s.columns, c.data());
    expect_near(values_of(c, s.depth, s.columns, s.columns), expected, 1e-5, "sum");
  });
}

}  // namespace
}  // namespace freebits::search::test
