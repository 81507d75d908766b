// SPDX-License-Identifier: Apache-2.0
// Products of tall matrices with small ones, as layers need them: the left factor is read where it
// lies, an element broadcast to all lanes; only the small factor is packed. A tile of kRows x two
// vectors of sums stays in registers.
#include "search/autograd/numeric/matrix.hpp"

#include <algorithm>
#include <type_traits>

#include "search/autograd/numeric/simd.hpp"

namespace freebits::search {
namespace {

using simd::kWidth;
using simd::Vec;

#if defined(__AVX512F__)
constexpr std::size_t kRows = 12;  // 24 of 32 registers are sums
#else
constexpr std::size_t kRows = 6;  // 12 of 16
#endif
constexpr std::size_t kVectors = 2;
constexpr std::size_t kPanel = kVectors * kWidth;

struct Tile {
  std::size_t pieces, depth;  ///< depth: of a piece
  const float* a;
  std::size_t a_row, a_depth, a_piece;  ///< strides; one of the first two is 1
  const float* b;
  std::size_t b_stride;
  float* c;
  std::size_t c_stride;
  unsigned last_lanes;  ///< of the last vector of columns
  std::array<Ahead, 3> ahead;
};

/// kTransposed: elements of a column of tile rows lie side by side, and sums are added to what is
/// there; kPartial: b's last vector may not be read whole.
template <class Vector, std::size_t R, std::size_t V, bool kTransposed, bool kPartial>
void run_tile(const Tile& t) {
  Vector sums[R][V] = {};
  const float* b = t.b;
  for (std::size_t piece = 0; piece < t.pieces; ++piece) {
    const float* a = t.a + piece * t.a_piece;
    for (std::size_t k = 0; k < t.depth; ++k, b += t.b_stride) {
      Vector column[V];
      for (std::size_t v = 0; v < V; ++v) {
        if constexpr (kPartial) {
          column[v] =
              v + 1 == V ? simd::load(b + v * kWidth, t.last_lanes) : simd::load(b + v * kWidth);
        } else {
          column[v] = simd::load_whole<Vector>(b + v * kWidth);
        }
      }
#pragma GCC unroll 16
      for (std::size_t r = 0; r < R; ++r) {
        const Vector value = (kTransposed ? a[r] : a[r * t.a_row]) - Vector{};
        for (std::size_t v = 0; v < V; ++v) sums[r][v] += value * column[v];
      }
      a += kTransposed ? t.a_depth : 1;
    }
  }
  // Unrolled, or the sums would go through memory.
#pragma GCC unroll 16
  for (std::size_t r = 0; r < R; ++r) {
    float* const row = t.c + r * t.c_stride;
#pragma GCC unroll 2
    for (std::size_t v = 0; v < V; ++v) {
      float* const to = row + v * kWidth;
      if constexpr (std::is_same_v<Vector, Vec>) {
        if (v + 1 == V && t.last_lanes != kWidth) {
          if (kTransposed) sums[r][v] += simd::load(to, t.last_lanes);
          simd::store(to, sums[r][v], t.last_lanes);
          continue;
        }
      }
      if (kTransposed) sums[r][v] += simd::load_whole<Vector>(to);
      simd::store(to, sums[r][v]);
    }
  }
}

/// The last rows, fewer than kRows.
template <class Vector, std::size_t R, std::size_t V, bool kTransposed, bool kPartial>
void run_rest(const Tile& tile, std::size_t rows) {
  if (rows == R) return run_tile<Vector, R, V, kTransposed, kPartial>(tile);
  if constexpr (R > 1) run_rest<Vector, R - 1, V, kTransposed, kPartial>(tile, rows);
}

/// All rows of one panel.
template <class Vector, std::size_t V, bool kTransposed, bool kPartial>
void run_panel(Tile tile, std::size_t rows) {
  for (; rows >= kRows; rows -= kRows) {
    for (Ahead& ahead : tile.ahead) {
      for (std::size_t i = 0; i < kRows * ahead.stride; i += kWidth)
        simd::prefetch<0>(ahead.data + i);
      ahead.data += kRows * ahead.stride;
    }
    run_tile<Vector, kRows, V, kTransposed, kPartial>(tile);
    tile.a += kRows * (kTransposed ? 1 : tile.a_row);
    tile.c += kRows * tile.c_stride;
  }
  run_rest<Vector, kRows - 1, V, kTransposed, kPartial>(tile, rows);
}

/// Columns of the panel that begins at `column`; sets the tile's lanes.
template <bool kTransposed, bool kUnpacked>
void run_columns(Tile tile, std::size_t rows, std::size_t columns) {
  const std::size_t vectors = (columns + kWidth - 1) / kWidth;
  tile.last_lanes = static_cast<unsigned>(columns - (vectors - 1) * kWidth);
  const bool partial = kUnpacked && tile.last_lanes != kWidth;
  if (columns == simd::kHalfWidth) {
    run_panel<simd::Half, 1, kTransposed, false>(tile, rows);
  } else if (vectors == 2) {
    partial ? run_panel<Vec, 2, kTransposed, kUnpacked>(tile, rows)
            : run_panel<Vec, 2, kTransposed, false>(tile, rows);
  } else {
    partial ? run_panel<Vec, 1, kTransposed, kUnpacked>(tile, rows)
            : run_panel<Vec, 1, kTransposed, false>(tile, rows);
  }
}

std::size_t panel_width(std::size_t columns, std::size_t first) {
  return columns - first > kWidth ? kPanel : kWidth;
}

}  // namespace

PackedMatrix::PackedMatrix(std::size_t depth, std::size_t columns)
    : depth_(depth), columns_(columns), panels_((columns + kWidth - 1) / kWidth * kWidth * depth) {}

std::size_t PackedMatrix::panels() const { return (columns_ + kPanel - 1) / kPanel; }

template <class At>
void PackedMatrix::pack_by(std::size_t first, std::size_t last, const At& at) {
  float* to = panels_.data() + first * kPanel * depth_;
  for (std::size_t n = first * kPanel; n < std::min(last * kPanel, columns_); n += kPanel) {
    const std::size_t width = panel_width(columns_, n), used = std::min(width, columns_ - n);
    for (std::size_t k = 0; k < depth_; ++k, to += width) {
      for (std::size_t i = 0; i < used; ++i) to[i] = at(k, n + i);
    }
  }
}

void PackedMatrix::pack(const float* from, std::size_t first, std::size_t last) {
  pack_by(first, last, [&](std::size_t k, std::size_t n) { return from[k * columns_ + n]; });
}

void PackedMatrix::pack_transposed(const float* from, std::size_t stride, std::size_t first,
                                   std::size_t last) {
  pack_by(first, last, [&](std::size_t k, std::size_t n) { return from[n * stride + k]; });
}

void multiply(const Rows& a, const PackedMatrix& b, float* c, std::size_t c_stride) {
  for (std::size_t n = 0; n < b.columns(); n += kPanel) {
    run_columns<false, false>({.pieces = a.pieces,
                               .depth = b.depth() / a.pieces,
                               .a = a.data,
                               .a_row = a.stride,
                               .a_depth = 1,
                               .a_piece = a.piece_stride,
                               .b = b.data() + n * b.depth(),
                               .b_stride = panel_width(b.columns(), n),
                               .c = c + n,
                               .c_stride = c_stride,
                               .last_lanes = 0,
                               .ahead = n == 0 ? a.ahead : std::array<Ahead, 3>{}},
                              a.count, std::min(b.columns() - n, kPanel));
  }
}

void accumulate_outer(std::size_t rows, const float* a, std::size_t a_stride, std::size_t a_columns,
                      const float* d, std::size_t d_columns, float* c) {
  for (std::size_t n = 0; n < d_columns; n += kPanel) {
    run_columns<true, true>({.pieces = 1,
                             .depth = rows,
                             .a = a,
                             .a_row = 1,
                             .a_depth = a_stride,
                             .a_piece = 0,
                             .b = d + n,
                             .b_stride = d_columns,
                             .c = c + n,
                             .c_stride = d_columns,
                             .last_lanes = 0,
                             .ahead = {}},
                            a_columns, std::min(d_columns - n, kPanel));
  }
}

}  // namespace freebits::search
