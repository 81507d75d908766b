// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "search/autograd/buffer.hpp"

namespace freebits::search {

/// The right-hand factor of products, [depth][columns], in panels of columns that a register tile
/// reads one after the other.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  PackedMatrix(std::size_t depth, std::size_t columns);

  [[nodiscard]] std::size_t panels() const;
  /// Panels `first` … `last` - 1 from [depth][columns], row-major.
  void pack(const float* from, std::size_t first, std::size_t last);
  /// The same from [columns][depth], of which `stride` floats lie between two columns.
  void pack_transposed(const float* from, std::size_t stride, std::size_t first, std::size_t last);

  [[nodiscard]] std::size_t depth() const { return depth_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] const float* data() const { return panels_.data(); }

 private:
  template <class At>
  void pack_by(std::size_t first, std::size_t last, const At& at);

  std::size_t depth_ = 0, columns_ = 0;
  Buffer panels_;
};

/// As many rows as a product has, wanted after it: they come from memory while it computes. There
/// need be nothing there.
struct Ahead {
  const float* data = nullptr;
  std::size_t stride = 0;
};

/// The left factor of a product: rows of `depth` floats in pieces that lie apart.
struct Rows {
  const float* data;
  std::size_t count, stride;
  std::size_t pieces = 1, piece_stride = 0;
  std::array<Ahead, 3> ahead = {};
};

/// c[i][n] = Σ_k a[i][k] · b[k][n], rows of c `c_stride` apart. One thread's work.
void multiply(const Rows& a, const PackedMatrix& b, float* c, std::size_t c_stride);

/// c[k][n] += Σ_i a[i][k] · d[i][n]: the gradient of a matrix from `rows` rows of what went into
/// the product and of what came back; c is [a_columns][d_columns].
void accumulate_outer(std::size_t rows, const float* a, std::size_t a_stride, std::size_t a_columns,
                      const float* d, std::size_t d_columns, float* c);

}  // namespace freebits::search
